using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Batching;

/// <summary>Calls <c>hub_batch</c> in one era over one transport.</summary>
internal sealed class BatchClient : IAsyncDisposable
{
    private readonly McpClient? _http;
    private readonly StdioClient? _stdio;
    private readonly bool _isModern;

    private BatchClient(McpClient? http, StdioClient? stdio, bool isModern)
    {
        _http = http;
        _stdio = stdio;
        _isModern = isModern;
    }

    /// <summary>Every era over every transport, as <c>REVISION over TRANSPORT</c>.</summary>
    public static TheoryData<string> All { get; } = ["2025-11-25 over http", "2026-07-28 over http", "2025-11-25 over stdio", "2026-07-28 over stdio"];

    public static async Task<BatchClient> ConnectAsync(GatewayHost gateway, string which)
    {
        var isModern = which.StartsWith("2026", StringComparison.Ordinal);
        if (which.EndsWith("http", StringComparison.Ordinal))
        {
            return new BatchClient(await McpClient.ConnectAsync(gateway, isModern ? Protocol.Revisions.Latest : Protocol.Revisions.LatestLegacy), null, isModern);
        }

        var stdio = gateway.OpenStdio();
        if (!isModern)
        {
            await stdio.InitializeAsync();
        }

        return new BatchClient(null, stdio, isModern);
    }

    /// <summary>Runs a batch.</summary>
    /// <param name="requests">The items of <c>requests</c> as JSON.</param>
    /// <param name="options">The other arguments as members of the object.</param>
    public async Task<JsonElement> RunAsync(IEnumerable<string> requests, string options = "")
    {
        var result = await CallAsync($$"""{"requests":[{{string.Join(',', requests)}}]{{(options.Length > 0 ? "," : "")}}{{options}}}""");
        return result.GetProperty("structuredContent");
    }

    /// <summary>Calls <c>hub_batch</c> with any arguments.</summary>
    public async Task<JsonElement> CallAsync(string arguments) => _http is not null
        ? (await _http.CallAsync("hub_batch", arguments)).Result
        : (await _stdio!.AskAsync(Rpc.Request("1", "tools/call", Rpc.Call("hub_batch", arguments.ReplaceLineEndings(" "), _isModern ? McpClient.ModernKeys : "")))).GetProperty("result");

    public ValueTask DisposeAsync() => _stdio?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>One item.</summary>
    public static string Item(string id, string tool, string parameters = "{}", string more = "") =>
        $$"""{"id":"{{id}}","tool_name":"{{tool}}","params":{{parameters}}{{(more.Length > 0 ? "," : "")}}{{more}}}""";

    /// <summary>The ids of a list of the answer, in its order.</summary>
    public static string[] Ids(JsonElement batch, string list) => [.. batch.GetProperty(list).EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
}
