using System.Collections.Concurrent;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpHub.Testing;

/// <summary>
/// An MCP server on real Kestrel that speaks one revision well, records every request as it came, and departs from the good way where
/// a test says so.
/// </summary>
internal sealed partial class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly ConcurrentDictionary<string, FakeStream?> _sessions = new();
    private readonly ConcurrentDictionary<string, JsonElement> _declared = new();
    private readonly ConcurrentDictionary<string, Func<FakeExchange, Task>> _methods = new();
    private readonly ConcurrentDictionary<string, Func<FakeExchange, Task>> _tools = new();

    private FakeUpstream(WebApplication app, Revision revision, FakeFlavour flavour)
    {
        _app = app;
        Revision = revision;
        Flavour = flavour;
        Subscriptions = new FakeSubscriptions(this);
    }

    public Revision Revision { get; }

    public FakeFlavour Flavour { get; }

    public Uri Url { get; private set; } = null!;

    public FakeOffer Offer { get; set; } = new();

    /// <summary>What it offers clients with these capabilities, and nobody else; <see langword="null"/> for those that it offers nothing else.</summary>
    public Func<JsonElement, FakeOffer?>? OfferBy { get; set; }

    /// <summary>What it is asked to tell of, if it <see cref="FakeOffer.HasSubscriptions"/>.</summary>
    public FakeSubscriptions Subscriptions { get; }

    /// <summary>Decides over an HTTP request before anything else; true when it has answered.</summary>
    public Func<HttpContext, FakeRequest, Task<bool>>? OnHttp { get; set; }

    /// <summary>Whether GET gives an event stream (Streamable HTTP, legacy).</summary>
    public bool HasGetStream { get; set; }

    /// <summary>How many sessions were opened.</summary>
    public int SessionsOpened { get; private set; }

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>The requests with this JSON-RPC method.</summary>
    public IReadOnlyList<FakeRequest> Of(string method) => [.. _requests.Where(r => r.Method == method)];

    /// <summary>The event streams that are open.</summary>
    public IReadOnlyList<FakeStream> Streams => [.. _sessions.Values.OfType<FakeStream>()];

    public static async Task<FakeUpstream> StartAsync(
        Revision revision, FakeOffer? offer = null, FakeFlavour flavour = FakeFlavour.Streamable, int port = 0, Action<FakeUpstream>? setUp = null)
    {
        var builder = Loopback.Builder(port);
        var app = builder.Build();
        var fake = new FakeUpstream(app, revision, flavour) { Offer = offer ?? new FakeOffer() };
        setUp?.Invoke(fake);
        app.Run(fake.HandleAsync);
        await app.StartAsync();
        fake.Url = new Uri(Loopback.UrlOf(app), flavour == FakeFlavour.Sse ? "/sse" : "/mcp");
        return fake;
    }

    /// <summary>How the gateway is told of this server.</summary>
    public UpstreamConfig Config(string name) => new() { Name = name, Transport = new HttpTransportConfig { Url = Url } };

    /// <summary>Replaces the answer to one JSON-RPC method.</summary>
    public FakeUpstream On(string method, Func<FakeExchange, Task> answer)
    {
        _methods[method] = answer;
        return this;
    }

    /// <summary>Replaces the answer of one tool.</summary>
    public FakeUpstream OnTool(string tool, Func<FakeExchange, Task> answer)
    {
        _tools[tool] = answer;
        return this;
    }

    /// <summary>Gives a tool, or a method, the same result each time.</summary>
    public FakeUpstream OnTool(string tool, string result) => OnTool(tool, x => x.ResultAsync(result));

    /// <summary>As after a restart of the server: no session is known any more.</summary>
    public void ForgetSessions()
    {
        Subscriptions.Forget();
        foreach (var id in _sessions.Keys)
        {
            if (_sessions.TryRemove(id, out var stream))
            {
                stream?.Close();
            }
        }
    }

    /// <summary>Sends a message on every open event stream.</summary>
    public async Task BroadcastAsync(string message)
    {
        foreach (var stream in Streams)
        {
            await stream.SendAsync(message);
        }
    }

    /// <summary>Waits until this many requests that match have come, and gives the last of them.</summary>
    public async Task<FakeRequest> WaitForAsync(Func<FakeRequest, bool> predicate, int count = 1)
    {
        await Patience.UntilAsync(
            () => _requests.Count(predicate) >= count, $"the upstream has {count} such requests; it has: {string.Join(" | ", _requests.Select(r => $"{r.HttpMethod} {r.Body}"))}");
        return _requests.Where(predicate).ElementAt(count - 1);
    }

    public Task<FakeRequest> WaitForAsync(string method, int count = 1) => WaitForAsync(r => r.Method == method, count);

    /// <summary>Waits until the one gateway in front of it hears what it tells.</summary>
    public Task UntilHeardAsync() =>
        Patience.UntilAsync(() => Revision.IsModern() ? Subscriptions.Listens.Count == 1 : Streams.Count == 1, "the gateway listens");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        ForgetSessions();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var request = new FakeRequest(
            http.Request.Method,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync());
        _requests.Enqueue(request);
        TakeAnswer(request);
        try
        {
            if (OnHttp is { } script && await script(http, request))
            {
                return;
            }

            await (Flavour == FakeFlavour.Sse ? HandleSseAsync(http, request)
                : Revision.IsModern() ? HandleModernAsync(http, request)
                : HandleLegacyAsync(http, request));
        }
        catch (OperationCanceledException)
        {
            // The gateway went away, or the test is over.
        }
    }

    private async Task HandleModernAsync(HttpContext http, FakeRequest request)
    {
        if (request.HttpMethod != "POST")
        {
            http.Response.StatusCode = 405;
            return;
        }

        if (request.Id.Length == 0)
        {
            http.Response.StatusCode = 202;
            return;
        }

        await AnswerAsync(new FakeExchange(http, request, null, isModern: true, _stopping.Token));
    }

    private async Task HandleLegacyAsync(HttpContext http, FakeRequest request)
    {
        var id = request.Header("Mcp-Session-Id");
        if (request.Method == "initialize")
        {
            SessionsOpened++;
            id = Guid.NewGuid().ToString("N");
            _sessions[id] = null;
            _declared[id] = request.Params.GetProperty("capabilities");
            http.Response.Headers["Mcp-Session-Id"] = id;
        }
        else if (id is null || !_sessions.ContainsKey(id))
        {
            // What real servers do: 400 for a request that names no session, 404 for one that they don't know.
            http.Response.StatusCode = id is null ? 400 : 404;
            await http.Response.WriteAsync(id is null ? "Bad Request: no session" : "Session not found", http.RequestAborted);
            return;
        }

        switch (request.HttpMethod)
        {
            case "DELETE":
                _sessions.TryRemove(id, out _);
                break;
            case "GET" when HasGetStream:
                await StreamAsync(http, _sessions[id] = new FakeStream(), "");
                break;
            case "GET":
                http.Response.StatusCode = 405;
                break;
            default:
                if (request.Id.Length == 0 || request.Method.Length == 0)
                {
                    http.Response.StatusCode = 202;
                    return;
                }

                await AnswerAsync(new FakeExchange(http, request, null, isModern: false, _stopping.Token));
                break;
        }
    }

    private async Task HandleSseAsync(HttpContext http, FakeRequest request)
    {
        if (request.HttpMethod == "GET")
        {
            var id = Guid.NewGuid().ToString("N");
            var stream = new FakeStream();
            _sessions[id] = stream;
            await StreamAsync(http, stream, $"event: endpoint\ndata: /message?sessionId={id}\n\n");
            return;
        }

        if (http.Request.Path != "/message" || !_sessions.TryGetValue(http.Request.Query["sessionId"].ToString(), out var session))
        {
            http.Response.StatusCode = http.Request.Path == "/message" ? 404 : 405;
            return;
        }

        if (request.Method == "initialize")
        {
            SessionsOpened++;
            _declared[http.Request.Query["sessionId"].ToString()] = request.Params.GetProperty("capabilities");
        }

        http.Response.StatusCode = 202;
        await http.Response.CompleteAsync();
        if (request.Id.Length > 0 && request.Method.Length > 0)
        {
            // Aside: the connection is free for the next message as soon as this one is taken.
            var exchange = new FakeExchange(http, request, session, isModern: false, _stopping.Token);
            _ = Task.Run(() => AnswerAsync(exchange));
        }
    }

    private static async Task StreamAsync(HttpContext http, FakeStream stream, string first)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(first + ": open\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        await foreach (var text in stream.Reader.ReadAllAsync(http.RequestAborted))
        {
            await http.Response.WriteAsync(text, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private Task AnswerAsync(FakeExchange x)
    {
        var request = x.Request;
        var offer = OfferOf(x);
        if (OfferBy is not null && request.Tool.Length > 0 && offer.Tools?.Any(t => JsonElement.Parse(t).GetProperty("name").GetString() == request.Tool) != true)
        {
            return x.ErrorAsync(-32602, "Unknown tool: " + request.Tool);
        }

        if (_methods.TryGetValue(request.Method, out var answer) || (request.Tool.Length > 0 && _tools.TryGetValue(request.Tool, out answer)))
        {
            return answer(x);
        }

        return request.Method switch
        {
            "initialize" when !Revision.IsModern() => x.ResultAsync(InitializeResult(offer)),
            "server/discover" when Revision.IsModern() => x.ResultAsync(DiscoverResult(offer)),
            "tools/list" when offer.Tools is not null => ListAsync(x, "tools", offer.Tools),
            "prompts/list" when offer.Prompts is not null => ListAsync(x, "prompts", offer.Prompts),
            "resources/list" when offer.Resources is not null => ListAsync(x, "resources", offer.Resources),
            "resources/templates/list" when offer.Resources is not null => ListAsync(x, "resourceTemplates", offer.ResourceTemplates),
            "subscriptions/listen" when Revision.IsModern() && Offer.HasSubscriptions => Subscriptions.ListenAsync(x),
            "resources/subscribe" or "resources/unsubscribe" when !Revision.IsModern() && Offer.HasSubscriptions => Subscriptions.SubscribeAsync(x),
            "tools/call" => x.TextAsync(request.Tool),
            "ping" or "logging/setLevel" when !Revision.IsModern() => x.ResultAsync("{}"),
            _ => x.ErrorAsync(-32601, "Method not found", status: Revision.IsModern() ? 404 : 200),
        };
    }

    /// <summary>What the client of a request is offered, by the capabilities of its session or of the request itself.</summary>
    private FakeOffer OfferOf(FakeExchange x)
    {
        var declared = Revision.IsModern() ? x.Request.Meta("io.modelcontextprotocol/clientCapabilities")
            : x.Request.Method == "initialize" ? x.Request.Params.GetProperty("capabilities")
            : _declared.GetValueOrDefault(x.Session);
        return (declared.ValueKind == JsonValueKind.Object ? OfferBy?.Invoke(declared) : null) ?? Offer;
    }

    private string InitializeResult(FakeOffer offer) => "{\"protocolVersion\":\"" + Revision.Text() + "\",\"capabilities\":" + offer.CapabilitiesJson()
        + ",\"serverInfo\":{\"name\":\"fake\",\"version\":\"1.2\"}" + Instructions() + "}";

    private string DiscoverResult(FakeOffer offer) => "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":" + offer.CapabilitiesJson()
        + Instructions() + ",\"ttlMs\":" + offer.TtlMs + ",\"cacheScope\":\"public\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fake\",\"version\":\"1.2\"}}}";

    private string Instructions() => Offer.Instructions is null ? "" : ",\"instructions\":\"" + Offer.Instructions + "\"";

    private Task ListAsync(FakeExchange x, string member, IReadOnlyList<string> definitions) => x.ResultAsync(
        "{" + (Revision.IsModern() ? "\"resultType\":\"complete\",\"ttlMs\":" + OfferOf(x).TtlMs + ",\"cacheScope\":\"public\"," : "")
        + "\"" + member + "\":[" + string.Join(',', definitions) + "]}");
}
