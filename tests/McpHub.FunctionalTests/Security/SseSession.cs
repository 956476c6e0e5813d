using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Security;

/// <summary>A client over HTTP+SSE that shows with each message the token that it is told.</summary>
internal sealed class SseSession : IDisposable
{
    private readonly GatewayHost _gateway;
    private readonly ClientEventStream _stream;
    private readonly Uri _address;

    private SseSession(GatewayHost gateway, ClientEventStream stream, string address) =>
        (_gateway, _stream, _address) = (gateway, stream, new Uri(new Uri(gateway.Url + "/sse"), address));

    public static async Task<SseSession> OpenAsync(GatewayHost gateway, string token)
    {
        using var open = new HttpRequestMessage(HttpMethod.Get, gateway.Url + "/sse");
        open.Headers.Add("Accept", "text/event-stream");
        open.Headers.Add("Authorization", "Bearer " + token);
        var response = await gateway.Http.SendAsync(open, HttpCompletionOption.ResponseHeadersRead).WithinLimitAsync("the stream");
        var stream = await ClientEventStream.ReadAsync(response);
        return new SseSession(gateway, stream, (await stream.NextAsync())!.Data!);
    }

    /// <summary>Sends a request, and reads its answer.</summary>
    public async Task<string> AskAsync(string token, string request)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new StringContent(request, Encoding.UTF8, "application/json") };
        post.Headers.Add("Authorization", "Bearer " + token);
        using var response = await _gateway.Http.SendAsync(post).WithinLimitAsync("the taking of the message");
        response.EnsureSuccessStatusCode();
        return await ReadAsync();
    }

    /// <summary>The next message.</summary>
    public async Task<string> ReadAsync() => await TryReadAsync() ?? throw new EndOfStreamException("The gateway has ended the stream.");

    /// <summary>The next message; <see langword="null"/> when the stream has ended.</summary>
    public async Task<string?> TryReadAsync()
    {
        while (await _stream.NextAsync() is { } next)
        {
            if (next.Data is { } message)
            {
                return message;
            }
        }

        return null;
    }

    public void Dispose() => _stream.Dispose();
}
