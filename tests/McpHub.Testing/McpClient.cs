using System.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Testing;

/// <summary>A client of one revision that speaks to a gateway in raw text: what it sends and gets is what stands in the test.</summary>
internal sealed class McpClient
{
    public const string ModernKeys = VersionKey + "{}";

    private const string VersionKey = """
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":
        """;

    private readonly HttpClient _http;
    private readonly Uri _url;
    private int _lastId;

    private McpClient(HttpClient http, Uri url, Revision revision)
    {
        _http = http;
        _url = url;
        Revision = revision;
    }

    public Revision Revision { get; }

    /// <summary>What is declared with each request, in the modern era.</summary>
    public string Capabilities { get; set; } = "{}";

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    public string? Authorization { get; set; }

    /// <summary>The session, in the legacy era.</summary>
    public string? SessionId { get; set; }

    /// <summary>The result of <c>initialize</c>, or of <c>server/discover</c>.</summary>
    public JsonElement Greeting { get; private set; }

    /// <summary>A client that has not said anything yet.</summary>
    public static McpClient Unconnected(GatewayHost gateway, Revision revision, string? token = null, string server = "") =>
        new(gateway.Http, server.Length == 0 ? gateway.Url : new Uri(gateway.Url + "/" + server), revision)
        {
            Authorization = token is null ? null : "Bearer " + token,
        };

    /// <summary>Opens a session in the legacy era; asks for the greeting in the modern one.</summary>
    /// <param name="server">The one server that is meant; empty for all together.</param>
    public static async Task<McpClient> ConnectAsync(GatewayHost gateway, Revision revision, string server = "", string capabilities = "{}", string? token = null)
    {
        var client = Unconnected(gateway, revision, token, server);
        if (revision.IsModern())
        {
            client.Greeting = (await client.RequestAsync("server/discover")).Result;
            return client;
        }

        var answer = await client.PostAsync(Rpc.Initialize("\"init\"", revision.Text(), capabilities));
        client.SessionId = answer.Headers["Mcp-Session-Id"];
        client.Greeting = answer.Result;
        await client.NotifyAsync("notifications/initialized");
        return client;
    }

    public Task<HttpAnswer> CallAsync(string tool, string arguments = "{}", string meta = "", string? id = null) =>
        RequestAsync("tools/call", Rpc.Call(tool, arguments), meta, id);

    /// <summary>Sends a request with whatever its revision needs around it.</summary>
    /// <param name="parameters">The params without <c>_meta</c>.</param>
    /// <param name="meta">Members of <c>_meta</c>, beside those that the revision needs.</param>
    /// <param name="id">The id as JSON.</param>
    public async Task<HttpAnswer> RequestAsync(
        string method, string parameters = "{}", string meta = "", string? id = null)
    {
        using var request = Request(method, parameters, meta, id);
        return await SendAsync(request, CancellationToken.None);
    }

    /// <summary>The request alone, for tests that send it in their own way.</summary>
    public HttpRequestMessage Request(string method, string parameters = "{}", string meta = "", string? id = null)
    {
        var keys = Revision.IsModern() ? VersionKey + Capabilities + (meta.Length > 0 ? "," : "") + meta : meta;
        var inner = parameters.Trim()[1..^1];
        var all = keys.Length == 0 ? inner : inner + (inner.Length > 0 ? "," : "") + "\"_meta\":{" + keys + "}";
        id ??= Interlocked.Increment(ref _lastId).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var request = Post(Rpc.Request(id, method, "{" + all + "}"));
        if (Revision.IsModern())
        {
            request.Headers.Add("MCP-Protocol-Version", Revision.Text());
            request.Headers.Add("Mcp-Method", method);
            var json = JsonElement.Parse(parameters);
            if (McpMethods.Parse(Encoding.UTF8.GetBytes(method)).HasNameHeader()
                && json.TryGetProperty(method == "resources/read" ? "uri" : method.StartsWith("tasks/", StringComparison.Ordinal) ? "taskId" : "name", out var name))
            {
                request.Headers.TryAddWithoutValidation("Mcp-Name", name.GetString());
            }
        }

        return request;
    }

    public async Task<HttpAnswer> NotifyAsync(string method, string parameters = "{}")
    {
        using var request = Post(Rpc.Notification(method, parameters));
        if (Revision.IsModern())
        {
            request.Headers.Add("MCP-Protocol-Version", Revision.Text());
        }

        return await SendAsync(request, CancellationToken.None);
    }

    /// <summary>Posts a body as it is, with the session's headers.</summary>
    public async Task<HttpAnswer> PostAsync(string body)
    {
        using var request = Post(body);
        return await SendAsync(request, CancellationToken.None);
    }

    /// <summary>A GET of the session's stream, or of the rest of one.</summary>
    public HttpRequestMessage Get(string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _url);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        AddSession(request);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return request;
    }

    /// <summary>Opens the session's stream, or the rest of one.</summary>
    public async Task<ClientEventStream> StreamAsync(string? lastEventId = null)
    {
        using var request = Get(lastEventId);
        return await StreamAsync(request);
    }

    /// <summary>Sends a request whose answer is an event stream.</summary>
    public async Task<ClientEventStream> StreamAsync(HttpRequestMessage request)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        return await ClientEventStream.ReadAsync(await OpenAsync(request, limit.Token));
    }

    public async Task<HttpAnswer> DeleteAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, _url);
        AddSession(request);
        return await SendAsync(request, CancellationToken.None);
    }

    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        return await HttpAnswer.ReadAsync(response);
    }

    /// <summary>Sends, and hands over the stream of the answer as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private HttpRequestMessage Post(string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        AddSession(request);
        return request;
    }

    private void AddSession(HttpRequestMessage request)
    {
        if (Authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Authorization);
        }

        if (SessionId is not null)
        {
            request.Headers.Add("Mcp-Session-Id", SessionId);
            if (Revision >= Revision.V20250618)
            {
                request.Headers.Add("MCP-Protocol-Version", Revision.Text());
            }
        }
    }
}
