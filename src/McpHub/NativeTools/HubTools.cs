using System.ComponentModel;
using System.Text.Json.Serialization;
using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Upstreams;
using ModelContextProtocol.Server;

namespace McpHub.NativeTools;

/// <summary>The tools that are there in every configuration unless they are switched off.</summary>
[McpServerToolType]
[ToolCategory("hub")]
internal sealed class HubTools(HubRuntime runtime)
{
    [McpServerTool(Name = "hub_echo", Title = "Echo", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Answers the message that it is given. Good for trying a connection out.")]
    public static string Echo([Description("The message to answer.")] string message) => message;

    [McpServerTool(Name = "hub_status", Title = "Gateway status", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells how the gateway is: its version, how long it has been running, and how many servers, tools, prompts and resources it has.")]
    public HubStatus Status()
    {
        var root = runtime.Catalog.Current.Root.Content;
        return new HubStatus(
            ServerIdentity.Version,
            (long)runtime.Uptime.TotalSeconds,
            runtime.Upstreams.Count,
            runtime.Upstreams.Count(u => u.State.Status == UpstreamStatus.Ready),
            root.Tools.Count,
            root.Prompts.Count,
            root.Resources.Count);
    }

    [McpServerTool(Name = "hub_list_servers", Title = "List servers", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the servers behind the gateway: state, revision, number of tools, and what is wrong where something is.")]
    public HubServers ListServers() => new([.. runtime.Upstreams.Select(u => new HubServer(
        u.Name,
        u.State.Status.ToString().ToLowerInvariant(),
        u.State.Revision?.Text(),
        u.State.ServerVersion,
        u.Offer?.Tools.Count ?? 0,
        u.State.Status == UpstreamStatus.Ready ? null : u.State.Reason))]);

    internal sealed record HubStatus(
        string Version, long UptimeSeconds, int Servers, int ServersReady, int Tools, int Prompts, int Resources);

    internal sealed record HubServers(IReadOnlyList<HubServer> Servers);

    internal sealed record HubServer(
        string Name,
        string Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Revision,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ServerVersion,
        int Tools,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);
}
