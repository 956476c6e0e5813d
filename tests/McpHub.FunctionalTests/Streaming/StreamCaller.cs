using System.Globalization;
using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Calls the stream tools as a client of one revision does, over HTTP or stdio.</summary>
internal sealed class StreamCaller : IAsyncDisposable
{
    private readonly McpClient? _http;
    private readonly StdioClient? _stdio;
    private readonly bool _isModern;
    private int _lastId;

    private StreamCaller(McpClient? http, StdioClient? stdio, bool isModern)
    {
        _http = http;
        _stdio = stdio;
        _isModern = isModern;
    }

    /// <param name="capabilities">What a client over HTTP declares.</param>
    public static async Task<StreamCaller> OpenAsync(
        GatewayHost gateway, string revision, bool overStdio = false, string? token = null, string capabilities = "{}")
    {
        if (!Protocol.Revisions.TryParse(revision, out var known))
        {
            throw new ArgumentException(revision);
        }

        if (!overStdio)
        {
            var http = await McpClient.ConnectAsync(gateway, known, capabilities: capabilities, token: token);
            http.Capabilities = capabilities;
            return new StreamCaller(http, null, known.IsModern());
        }

        var client = gateway.OpenStdio();
        if (!known.IsModern())
        {
            await client.InitializeAsync(revision);
        }

        return new StreamCaller(null, client, known.IsModern());
    }

    /// <summary>Calls a tool.</summary>
    /// <returns>The result's only text, and whether it is an error.</returns>
    public async Task<(string Text, bool IsError)> CallAsync(string tool, string arguments)
    {
        JsonElement result;
        if (_http is not null)
        {
            result = (await _http.CallAsync(tool, arguments)).Result;
        }
        else
        {
            var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
            result = (await _stdio!.AskAsync(Rpc.Request(id, "tools/call", Rpc.Call(tool, arguments, _isModern ? McpClient.ModernKeys : "")))).GetProperty("result");
        }

        return (result.GetProperty("content")[0].GetProperty("text").GetString()!, result.TryGetProperty("isError", out var error) && error.GetBoolean());
    }

    public async Task<string> StartAsync(string tool, string arguments)
    {
        var (text, isError) = await CallAsync("hub_stream_start", $$"""{"tool":"{{tool}}","arguments":{{arguments}}}""");
        return isError ? throw new InvalidOperationException(text) : JsonElement.Parse(text).GetProperty("stream_id").GetString()!;
    }

    public async Task<JsonElement> ReadAsync(string stream, long? offset = null, int mostBytes = 64 * 1024, int wait = 30_000)
    {
        var from = offset is null ? "" : string.Create(CultureInfo.InvariantCulture, $",\"offset\":{offset}");
        var (text, isError) = await CallAsync("hub_stream_read", $$"""{"stream_id":"{{stream}}"{{from}},"max_bytes":{{mostBytes}},"wait_ms":{{wait}}}""");
        return isError ? throw new InvalidOperationException(text) : JsonElement.Parse(text);
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>All parts, and the last page.</returns>
    public async Task<(List<JsonElement> Parts, JsonElement Last)> ReadAllAsync(string stream, long offset = 0, int mostBytes = 64 * 1024)
    {
        var parts = new List<JsonElement>();
        while (true)
        {
            var page = await ReadAsync(stream, offset, mostBytes);
            Assert.Equal(offset, page.GetProperty("offset").GetInt64());
            parts.AddRange(page.GetProperty("parts").EnumerateArray());
            offset = page.GetProperty("next_offset").GetInt64();
            if (page.GetProperty("done").GetBoolean())
            {
                return (parts, page);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stdio is not null)
        {
            await _stdio.DisposeAsync();
        }
    }
}
