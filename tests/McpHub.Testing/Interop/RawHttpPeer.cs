using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;

namespace McpHub.Testing.Interop;

/// <summary>A raw client over Streamable HTTP. Thread-safe.</summary>
public sealed class RawHttpPeer(HttpClient http, Uri endpoint, string revision) : RawPeer(revision)
{
    private string? _session;

    protected override async Task<JsonObject> ExchangeAsync(JsonObject request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var limit = new CancellationTokenSource(Patience.Limit);
        using var response = await PostAsync(request, limit.Token);
        if (response.Headers.TryGetValues("Mcp-Session-Id", out var session))
        {
            _session = session.Single();
        }

        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            return await ReadEventsAsync(response, limit.Token);
        }

        var body = await response.Content.ReadAsStringAsync(limit.Token);
        return body.Length > 0 && JsonNode.Parse(body) is JsonObject answer
            ? answer
            : throw new InvalidOperationException($"HTTP {(int)response.StatusCode} without an answer: {body}");
    }

    protected override async Task SendAsync(JsonObject notification)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        using var response = await PostAsync(notification, limit.Token);
        response.EnsureSuccessStatusCode();
    }

    private async Task<HttpResponseMessage> PostAsync(JsonObject message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message.ToJsonString()));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Accept", ["application/json", "text/event-stream"]);
        if (IsModern)
        {
            request.Headers.Add("MCP-Protocol-Version", Revision);
            request.Headers.Add("Mcp-Method", (string?)message["method"]);
            if (message["params"] is { } parameters && (parameters["name"] ?? parameters["uri"]) is { } name)
            {
                request.Headers.Add("Mcp-Name", (string?)name);
            }
        }
        else if (_session is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", Revision);
            request.Headers.Add("Mcp-Session-Id", _session);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<JsonObject> ReadEventsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var message in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (message.Data.Length == 0)
            {
                // A priming event (2025-11-25) carries nothing but its id.
                continue;
            }

            var content = (JsonObject)JsonNode.Parse(message.Data)!;
            if (content.ContainsKey("id") && !content.ContainsKey("method"))
            {
                return content;
            }

            Notifications.Enqueue(content);
        }

        throw new InvalidOperationException("The event stream ended without an answer.");
    }
}
