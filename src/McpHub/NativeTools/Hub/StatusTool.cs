using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Upstreams;

namespace McpHub.NativeTools.Hub;

/// <summary><c>hub_status</c>: how the gateway is.</summary>
internal sealed class StatusTool(HubRuntime runtime) : ReportTool<StatusTool.Status>(
    """
    {
      "name": "hub_status",
      "title": "Gateway status",
      "description": "Tells how the gateway is: its version, how long it has been running, and how many servers, tools, prompts and resources it has.",
      "inputSchema": { "type": "object", "properties": {} },
      "outputSchema": {
        "type": "object",
        "properties": {
          "version": { "type": "string" },
          "uptimeSeconds": { "type": "integer" },
          "servers": { "type": "integer" },
          "serversReady": { "type": "integer" },
          "tools": { "type": "integer" },
          "prompts": { "type": "integer" },
          "resources": { "type": "integer" }
        },
        "required": ["version", "uptimeSeconds", "servers", "serversReady", "tools", "prompts", "resources"]
      },
      "annotations": { "title": "Gateway status", "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false }
    }
    """)
{
    protected override Status Report(CatalogView view)
    {
        var root = runtime.Catalog.Current.Root.Content;
        return new Status(
            ServerIdentity.Version,
            (long)runtime.Uptime.TotalSeconds,
            runtime.Upstreams.Count,
            runtime.Upstreams.Count(u => u.State.Status == UpstreamStatus.Ready),
            root.Tools.Count,
            root.Prompts.Count,
            root.Resources.Count);
    }

    internal sealed record Status(string Version, long UptimeSeconds, int Servers, int ServersReady, int Tools, int Prompts, int Resources);
}
