using System.Net;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Upstreams.Http;

/// <summary>The HTTP of one server: its URL, its configured headers, and how failures of HTTP are told.</summary>
internal sealed class HttpUpstreamClient : IDisposable
{
    // How long pooled connections live that were made by a name, the server's or a proxy's, so that a changed DNS entry is seen.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker _http;
    private readonly KeyValuePair<string, string>[] _headers;

    public HttpUpstreamClient(HttpTransportConfig config, TimeSpan connectTimeout)
    {
        Url = config.Url;
        _headers = [.. config.Headers];

        // All requests go to one host: whether it is reached through a proxy is found out once.
        var isProxied = !HttpClient.DefaultProxy.IsBypassed(Url);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = connectTimeout,
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = isProxied || Url.HostNameType == UriHostNameType.Dns ? ConnectionLifetime : Timeout.InfiniteTimeSpan,
            UseCookies = false,
            UseProxy = isProxied,

            // The trace travels in _meta (SEP-414), and nothing of the client's HTTP may leak upstream.
            ActivityHeadersPropagator = null,
        });
    }

    public Uri Url { get; }

    /// <summary>A POST of one message to the given address.</summary>
    public HttpRequestMessage Post(Uri url, Utf8Buffer message)
    {
        var content = new ReadOnlyMemoryContent(message.Memory);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return Prepare(new HttpRequestMessage(HttpMethod.Post, url) { Content = content }, "application/json, text/event-stream");
    }

    /// <summary>A GET of the server's event stream.</summary>
    public HttpRequestMessage GetStream(Uri url) => Prepare(new HttpRequestMessage(HttpMethod.Get, url), "text/event-stream");

    public HttpRequestMessage Delete(Uri url) => Prepare(new HttpRequestMessage(HttpMethod.Delete, url), "application/json");

    /// <summary>Sends, and returns when the headers are there. What it throws, <see cref="Explain"/> explains.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    /// <summary>What a failure of <see cref="SendAsync"/> means; its kind tells whether the request may have arrived.</summary>
    /// <returns><see langword="null"/> for what is no failure of HTTP: a cancel, or an exception that is explained already.</returns>
    public static UpstreamException? Explain(Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case HttpRequestException e:
                var neverSent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
                return new UpstreamException(
                    neverSent ? FailureKind.UpstreamUnavailable : FailureKind.UpstreamLost,
                    neverSent ? $"The server cannot be reached: {Describe(e)}" : $"The connection to the server broke: {Describe(e)}",
                    e);
            case OperationCanceledException e when !cancellationToken.IsCancellationRequested:
                // The handler's own connect timeout.
                return new UpstreamException(FailureKind.UpstreamUnavailable, "The server cannot be reached: the connection timed out.", e);
            default:
                return null;
        }
    }

    /// <summary>Sends what is no call, with failures explained.</summary>
    /// <exception cref="UpstreamException">No answer.</exception>
    public async Task<HttpResponseMessage> SendExplainedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (Explain(e, cancellationToken) is { } explained)
        {
            throw explained;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Describe(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.ConnectionError => "connection refused or reset.",
        HttpRequestError.NameResolutionError => "its host name does not resolve.",
        HttpRequestError.SecureConnectionError => "the TLS handshake failed.",
        HttpRequestError.ResponseEnded => "it ended the answer too early.",
        HttpRequestError.InvalidResponse => "its answer is not HTTP.",
        _ => e.HttpRequestError + ".",
    };

    private HttpRequestMessage Prepare(HttpRequestMessage request, string accept)
    {
        request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
