using System.Collections.Concurrent;
using System.Text.Json;

namespace McpHub.Testing;

/// <summary>A legacy client that reads the stream of its call while it runs, and answers what it is asked on it.</summary>
/// <param name="client">The client's session.</param>
/// <param name="answer">The response's <c>result</c> or <c>error</c> with its name; <see langword="null"/> for a client that says nothing.</param>
internal sealed class AskedClient(McpClient client, Func<JsonElement, string?> answer)
{
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>A client that never answers.</summary>
    /// <param name="client">The client's session.</param>
    /// <param name="asked">Completes when it has been asked something.</param>
    public static AskedClient Silent(McpClient client, out Task asked)
    {
        var first = new TaskCompletionSource();
        asked = first.Task;
        return new AskedClient(client, _ =>
        {
            first.TrySetResult();
            return null;
        });
    }

    /// <summary>The requests that came, as text.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    public async Task<HttpAnswer> CallAsync(string tool, string arguments = "{}", string meta = "", string? id = null)
    {
        using var request = client.Request("tools/call", Rpc.Call(tool, arguments), meta, id);
        return await SendAsync(request);
    }

    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await client.OpenAsync(request, CancellationToken.None);
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        var body = type == "text/event-stream" ? await ReadAsync(response) : await response.Content.ReadAsStringAsync();
        return new HttpAnswer((int)response.StatusCode, type, new Dictionary<string, string>(), body);
    }

    private async Task<string> ReadAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var body = "";
        while (await reader.ReadLineAsync().WithinLimitAsync("a line of the answer's stream") is { } line)
        {
            body += line + "\n";
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
            {
                continue;
            }

            var message = JsonElement.Parse(line[6..]);
            if (message.TryGetProperty("method", out _) && message.TryGetProperty("id", out var id))
            {
                _asked.Enqueue(line[6..]);
                if (answer(message) is { } member)
                {
                    var taken = await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":" + id.GetRawText() + "," + member + "}");
                    if (taken.Status != 202)
                    {
                        throw new InvalidOperationException($"The gateway did not take the client's answer: {taken}");
                    }
                }
            }
        }

        return body;
    }
}
