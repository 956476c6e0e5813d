using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Streams;

/// <summary>Starts one stream at a gateway, and reads it: as fast as it comes, or slowly.</summary>
internal sealed class StreamReader(HttpClient http, Uri endpoint)
{
    private string _stream = "";
    private long _offset;
    private long _parts;

    /// <summary>How many parts were read so far.</summary>
    public long Parts => Volatile.Read(ref _parts);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var answer = await CallAsync("hub_stream_start", """{"tool":"echo","arguments":{"message":"go"}}""", cancellationToken);
        var at = answer.AsSpan().IndexOf("\"stream_id\":\""u8);
        if (at < 0)
            throw new InvalidDataException("No stream was started: " + Encoding.UTF8.GetString(answer));
        _stream = Encoding.ASCII.GetString(answer.AsSpan(at + 13, 32));
    }

    /// <summary>Reads until it is cancelled.</summary>
    /// <param name="bytes">The most bytes of one page.</param>
    /// <param name="pause">How long the reader does something else between two pages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task ReadAsync(int bytes, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await ReadPageAsync(bytes, cancellationToken);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Enough.
        }
    }

    public Task CancelAsync() => CallAsync("hub_stream_cancel", $$"""{"stream_id":"{{_stream}}"}""", CancellationToken.None);

    private async Task ReadPageAsync(int bytes, CancellationToken cancellationToken)
    {
        var arguments = string.Create(
            CultureInfo.InvariantCulture, $$"""{"stream_id":"{{_stream}}","offset":{{_offset}},"max_bytes":{{bytes}},"wait_ms":30000}""");
        var page = await CallAsync("hub_stream_read", arguments, cancellationToken);
        var at = page.AsSpan().LastIndexOf("\"next_offset\":"u8);
        if (at < 0 || !Utf8Parser.TryParse(page.AsSpan(at + 14), out long next, out _) || page.AsSpan().IndexOf("\"done\":false"u8) < 0)
            throw new InvalidDataException("A stream has ended: " + Encoding.UTF8.GetString(page));
        Interlocked.Add(ref _parts, next - _offset);
        _offset = next;
    }

    private async Task<byte[]> CallAsync(string tool, string arguments, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(McpRequests.CallToolWith(tool, arguments)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", McpVersions.Modern);
        request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
        request.Headers.TryAddWithoutValidation("Mcp-Name", tool);
        using var response = await http.SendAsync(request, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
