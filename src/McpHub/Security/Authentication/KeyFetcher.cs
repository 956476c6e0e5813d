using System.Net;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Configuration.Rules;
using McpHub.Observability;
using McpHub.Protocol;

namespace McpHub.Security.Authentication;

/// <summary>Fetches the keys that issuers publish: small documents, within a deadline, and from nowhere else than was said.</summary>
internal sealed class KeyFetcher : IDisposable
{
    /// <summary>For the metadata and the keys together.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    // Hundreds of keys with their certificates.
    private const int MaxDocument = 1024 * 1024;

    private readonly TimeProvider _time;
    private readonly System.Diagnostics.Metrics.Counter<long> _fetches;

    // No redirects: who can answer for the issuer can answer itself. No cookies: fetches have nothing to do with each other.
    // Made with the first fetch: most gateways have no issuer that publishes keys.
    private readonly Lazy<HttpClient> _http = new(static () => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = MaxDocument,
        Timeout = Timeout.InfiniteTimeSpan,
    });

    public KeyFetcher(McpMetrics metrics, TimeProvider time)
    {
        _time = time;
        _fetches = metrics.Counter("mcphub.auth.key_fetches", "{fetch}", "Fetches of issuers' keys, by what came of them.");
    }

    /// <exception cref="IssuerException">The issuer doesn't give its keys.</exception>
    public async Task<IReadOnlyList<VerificationKey>> FetchAsync(IssuerConfig issuer, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var address = issuer.Jwks ?? await DiscoverAsync(issuer.Issuer, either.Token);
            var text = await GetAsync(address, either.Token) ?? throw new IssuerException($"{address} was not found.");
            var keys = VerificationKey.ReadSet(text);
            if (keys.Count == 0)
            {
                throw new IssuerException($"{address} holds no key that can be used: RSA of 2048 bits or more, or EC P-256, P-384 or P-521.");
            }

            Count("fetched");
            return keys;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            Count("failed");
            throw new IssuerException($"There was no answer within {Deadline.TotalSeconds:0} seconds.", e);
        }
        catch (Exception e) when (e is HttpRequestException or FormatException or JsonException)
        {
            Count("failed");
            throw new IssuerException(Sentence(e.Message), e);
        }
        catch (IssuerException)
        {
            Count("failed");
            throw;
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    /// <summary>Where the metadata of an issuer may lie: OpenID Connect Discovery 1.0, section 4; RFC 8414, sections 3 and 5.</summary>
    internal static IReadOnlyList<Uri> MetadataOf(string issuer)
    {
        var url = new Uri(issuer);
        var root = url.GetLeftPart(UriPartial.Authority);
        var path = url.AbsolutePath.TrimEnd('/');
        string[] places =
        [
            $"{root}{path}/.well-known/openid-configuration",
            $"{root}/.well-known/oauth-authorization-server{path}",
            $"{root}/.well-known/openid-configuration{path}",
        ];
        return [.. places.Distinct(StringComparer.Ordinal).Select(place => new Uri(place))];
    }

    private async Task<Uri> DiscoverAsync(string issuer, CancellationToken cancellationToken)
    {
        var places = MetadataOf(issuer);
        foreach (var place in places)
        {
            if (await GetAsync(place, cancellationToken) is not { } text)
            {
                continue;
            }

            using var metadata = JsonDocument.Parse(text);
            if (metadata.RootElement.Text("issuer") != issuer)
            {
                // Another issuer's metadata (RFC 8414, section 3.3): its keys are not this one's.
                throw new IssuerException($"{place} is the metadata of another issuer; 'issuer' has to be the same to the letter.");
            }

            return Uri.TryCreate(metadata.RootElement.Text("jwks_uri"), UriKind.Absolute, out var keys) && IssuerUrlRule.IsProtected(keys)
                ? keys
                : throw new IssuerException($"{place} names no 'jwks_uri' with https.");
        }

        throw new IssuerException($"There is no metadata at {string.Join(", ", places)}.");
    }

    /// <returns>The document; <see langword="null"/> if there is none at this place.</returns>
    private async Task<string?> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        return response.StatusCode == HttpStatusCode.OK
            ? await response.Content.ReadAsStringAsync(cancellationToken)
            : throw new IssuerException($"{address} answered {(int)response.StatusCode}.");
    }

    private void Count(string outcome) => _fetches.Add(1, new KeyValuePair<string, object?>("mcphub.auth.outcome", outcome));

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
