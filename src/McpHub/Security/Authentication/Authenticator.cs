using System.Net;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpHub.Security.Authentication;

/// <summary>Finds out who a request over HTTP is from. Everybody is anonymous while no authentication is configured.</summary>
internal sealed class Authenticator : IConfiguredPart, IDisposable
{
    public const string ApiKeyHeader = "X-API-Key";

    private const string Scheme = "Bearer ";

    private readonly KeyFetcher _fetcher;
    private readonly ISignInObserver[] _observers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private HubConfig? _applied;
    private Dictionary<(string Issuer, Uri? Jwks), RemoteKeys> _remote = [];
    private volatile AuthenticationModel? _model;

    /// <remarks>The configuration is taken at once: nobody may come in before the gateway has started.</remarks>
    public Authenticator(HubConfig config, KeyFetcher fetcher, IEnumerable<ISignInObserver> observers, TimeProvider time, ILogger<Authenticator> logger)
    {
        _fetcher = fetcher;
        _observers = [.. observers];
        _time = time;
        _logger = logger;
        Apply(config);
    }

    /// <summary>What requests are judged by; <see langword="null"/> while no authentication is configured.</summary>
    public AuthenticationModel? Model => _model;

    public void Apply(HubConfig config)
    {
        if (ReferenceEquals(config, _applied))
        {
            return;
        }

        var auth = config.Gateway.Auth;
        var old = _remote;

        // An issuer that stays keeps its keys: it may be away just now.
        _remote = auth.Issuers.Where(issuer => issuer.Key is null).DistinctBy(issuer => (issuer.Issuer, issuer.Jwks)).ToDictionary(
            issuer => (issuer.Issuer, issuer.Jwks),
            issuer => old.TryGetValue((issuer.Issuer, issuer.Jwks), out var keys) && keys.Interval == auth.KeyRefresh
                ? keys
                : new RemoteKeys(issuer, auth.KeyRefresh, _fetcher, Forget, _time, _logger));
        _model = auth.IsRequired ? new AuthenticationModel(config, auth.Issuers.Select(issuer => new TokenIssuer(issuer, KeysOf(issuer)))) : null;
        _applied = config;
        foreach (var gone in old.Values.Except(_remote.Values))
        {
            gone.Dispose();
        }
    }

    /// <summary>Judges a request by its credential.</summary>
    /// <param name="request">The request; its body is not looked at.</param>
    /// <param name="server">The server whose endpoint is called; empty for that of all.</param>
    public ValueTask<Authentication> AuthenticateAsync(HttpRequest request, string server)
    {
        if (_model is not { } model)
        {
            return new ValueTask<Authentication>(Caller.Anonymous);
        }

        var authorization = request.Headers.Authorization;
        var apiKey = request.Headers[ApiKeyHeader];
        if (authorization.Count + apiKey.Count != 1)
        {
            return Refuse(authorization.Count + apiKey.Count == 0 ? CredentialFault.Missing : CredentialFault.Ambiguous, request, server);
        }

        var header = (authorization.Count == 1 ? authorization[0] : apiKey[0]) ?? "";
        var resource = model.Resources.Of(server);
        if (model.Remembered.Find(header, _time.GetUtcNow()) is { } known && (known.Audiences is null || resource.Accepts(known.Audiences)))
        {
            return new ValueTask<Authentication>(known.Caller);
        }

        if (authorization.Count == 0)
        {
            return CheckApiKey(model, header, header, request, server);
        }

        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(CredentialFault.Missing, request, server);
        }

        var credential = header[Scheme.Length..].TrimStart(' ');
        return credential.StartsWith(model.ApiKeyPrefix, StringComparison.Ordinal)
            ? CheckApiKey(model, header, credential, request, server)
            : CheckTokenAsync(model, header, credential, resource, AddressOf(request), server);
    }

    /// <summary>The value of <c>WWW-Authenticate</c> for a request that was refused.</summary>
    public string? ChallengeOf(string server, CredentialFault fault) =>
        _model is { } model && fault != CredentialFault.KeysUnavailable ? Challenges.Of(model.Resources.Of(server), model.Resources.Scopes, fault) : null;

    /// <summary>The value of <c>WWW-Authenticate</c> that makes a client ask for more scopes.</summary>
    public string? StepUpOf(string server, IReadOnlyList<string> scopes) =>
        _model is { } model ? Challenges.StepUp(model.Resources.Of(server), scopes) : null;

    public void Dispose()
    {
        foreach (var keys in _remote.Values)
        {
            keys.Dispose();
        }
    }

    private IKeySource KeysOf(IssuerConfig issuer)
    {
        if (issuer.Key is not { } pem)
        {
            return _remote[(issuer.Issuer, issuer.Jwks)];
        }

        return VerificationKey.TryReadPem(pem, out var key, out var reason)
            ? new StaticKeys(key!)
            : throw new InvalidOperationException($"The key of the issuer '{issuer.Issuer}' {reason}.");
    }

    private void Forget() => _model?.Remembered.Clear();

    private ValueTask<Authentication> CheckApiKey(AuthenticationModel model, string header, string key, HttpRequest request, string server)
    {
        if (key.Length > TokenContent.MaxLength || model.ApiKeys.Find(key) is not { } caller)
        {
            return Refuse(CredentialFault.ApiKey, request, server);
        }

        model.Remembered.Add(header, new RememberedToken(caller, null, DateTimeOffset.MaxValue));
        return new ValueTask<Authentication>(SignIn(caller, AddressOf(request)));
    }

    private async ValueTask<Authentication> CheckTokenAsync(
        AuthenticationModel model, string header, string token, ProtectedResource resource, IPAddress? address, string server)
    {
        var (fault, remembered) = await TokenCheck.CheckAsync(model, token, resource, _time, header);
        if (remembered is not null)
        {
            return SignIn(remembered.Caller, address);
        }

        Tell(fault, server, address);
        return fault;
    }

    private static IPAddress? AddressOf(HttpRequest request) => request.HttpContext.Connection.RemoteIpAddress;

    private Caller SignIn(Caller caller, IPAddress? address)
    {
        foreach (var observer in _observers)
        {
            observer.OnSignedIn(caller, address);
        }

        return caller;
    }

    private ValueTask<Authentication> Refuse(CredentialFault fault, HttpRequest request, string server)
    {
        Tell(fault, server, AddressOf(request));
        return new ValueTask<Authentication>(fault);
    }

    private void Tell(CredentialFault fault, string server, IPAddress? address)
    {
        foreach (var observer in _observers)
        {
            observer.OnRefused(fault, server, address);
        }
    }
}
