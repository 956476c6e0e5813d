using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace McpHub.Testing.Interop;

/// <summary>A client that adds nothing to what is on the wire and takes nothing away, so that answers can be compared as JSON.</summary>
public abstract class RawPeer(string revision)
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    private long _lastId;

    public string Revision { get; } = revision;

    public bool IsModern => Revision == Modern;

    /// <summary>What it declares: in <c>initialize</c>, or with each request.</summary>
    public JsonObject Capabilities { get; init; } = [];

    /// <summary>The notifications that came, in order.</summary>
    public ConcurrentQueue<JsonObject> Notifications { get; } = new();

    /// <summary>Opens a session, where the revision has any.</summary>
    /// <returns>The whole answer to <c>initialize</c> or <c>server/discover</c>.</returns>
    public async Task<JsonObject> OpenAsync()
    {
        if (IsModern)
        {
            return await RequestAsync("server/discover");
        }

        var answer = await RequestAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = Revision,
            ["capabilities"] = Capabilities.DeepClone(),
            ["clientInfo"] = new JsonObject { ["name"] = "raw", ["version"] = "1.0.0" },
        });
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return answer;
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The whole answer, a result or an error.</returns>
    public Task<JsonObject> RequestAsync(string method, JsonObject? parameters = null) =>
        RequestAsync(Interlocked.Increment(ref _lastId), method, parameters);

    /// <summary>Sends a request under an id of the caller's choice.</summary>
    public Task<JsonObject> RequestAsync(JsonNode id, string method, JsonObject? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        var sent = (JsonObject?)parameters?.DeepClone() ?? [];
        if (IsModern)
        {
            sent["_meta"] ??= new JsonObject();
            sent["_meta"]!["io.modelcontextprotocol/protocolVersion"] = Revision;
            sent["_meta"]!["io.modelcontextprotocol/clientCapabilities"] = Capabilities.DeepClone();
            sent["_meta"]!["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "raw", ["version"] = "1.0.0" };
        }

        return ExchangeAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["method"] = method, ["params"] = sent });
    }

    /// <summary>Sends a request and returns its answer.</summary>
    protected abstract Task<JsonObject> ExchangeAsync(JsonObject request);

    /// <summary>Sends a notification.</summary>
    protected abstract Task SendAsync(JsonObject notification);
}
