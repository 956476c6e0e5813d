using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.NativeTools.Hub;

/// <summary><c>hub_list_servers</c>: the servers behind the gateway.</summary>
internal sealed class ListServersTool(HubRuntime runtime) : ReportTool<ListServersTool.ServerList>(
    """
    {
      "name": "hub_list_servers",
      "title": "List servers",
      "description": "Lists the servers behind the gateway: state, revision, number of tools, and what is wrong where something is.",
      "inputSchema": { "type": "object", "properties": {} },
      "outputSchema": {
        "type": "object",
        "properties": {
          "servers": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "name": { "type": "string" },
                "status": { "type": "string" },
                "revision": { "type": "string" },
                "serverVersion": { "type": "string" },
                "tools": { "type": "integer" },
                "reason": { "type": "string" }
              },
              "required": ["name", "status", "tools"]
            }
          }
        },
        "required": ["servers"]
      },
      "annotations": { "title": "List servers", "readOnlyHint": true, "idempotentHint": true, "openWorldHint": false }
    }
    """)
{
    protected override ServerList Report(CatalogView view) => new([.. runtime.Upstreams.Select(u => new Server(
        u.Name,
        u.State.Status.ToString().ToLowerInvariant(),
        u.State.Revision?.Text(),
        u.State.ServerVersion,
        u.Offer?.Tools.Count ?? 0,
        u.State.Status == UpstreamStatus.Ready ? null : u.State.Reason))]);

    internal sealed record ServerList(IReadOnlyList<Server> Servers);

    internal sealed record Server(string Name, string Status, string? Revision, string? ServerVersion, int Tools, string? Reason);
}
