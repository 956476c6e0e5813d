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

        // An issuer that stays keeps its keys, however often they are to be fetched now: it may be away just now.
        _remote = auth.Issuers.Where(issuer => issuer.Key is null).DistinctBy(issuer => (issuer.Issuer, issuer.Jwks)).ToDictionary(
            issuer => (issuer.Issuer, issuer.Jwks),
            issuer => old.TryGetValue((issuer.Issuer, issuer.Jwks), out var keys)
                ? keys.FetchEvery(auth.KeyRefresh)
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

        if (Credential.Of(request, out var fault) is not { Header: { } header } credential)
        {
            Tell(fault, server, AddressOf(request));
            return new ValueTask<Authentication>(fault);
        }

        return FindRemembered(model, header, server) is { } known
            ? new ValueTask<Authentication>(known)
            : SignInAsync(model, credential, server, AddressOf(request));
    }

    /// <summary>Judges a credential again that was found good, without telling anybody.</summary>
    /// <param name="watched">What the caller has shown.</param>
    /// <param name="caller">Who it was taken for.</param>
    /// <param name="server">The server whose endpoint was called; empty for that of all.</param>
    /// <returns>Whether it is still good, and gives the same caller the same rights. It is while nobody can say.</returns>
    public async ValueTask<bool> IsStillGoodAsync(WatchedCredential watched, Caller caller, string server)
    {
        if (_model is not { } model)
        {
            return caller.IsAnonymous;
        }

        // Whatever came with a request when there was no authentication was not looked at, and signs nobody in now.
        if (caller.IsAnonymous || watched.Credential.Header is not { } header)
        {
            return false;
        }

        // Kept with what is watched: looking at it here each time would push out of the memory what requests come with.
        var era = model.Remembered.Era;
        if (watched.IsGood(era, _time.GetUtcNow()))
        {
            return true;
        }

        Authentication judged = FindRemembered(model, header, server) is { } known ? known : await JudgeAsync(model, watched.Credential, server);
        if (judged.Caller?.IsAs(caller) != true)
        {
            return judged.Fault == CredentialFault.KeysUnavailable;
        }

        if (model.Remembered.Find(header, _time.GetUtcNow()) is { } remembered)
        {
            watched.Keep(era, remembered.Expires);
        }

        return true;
    }

    /// <summary>Judges a token or an API key as if a request to the common endpoint had it, in the header that it is good in, without telling anybody.</summary>
    public async ValueTask<Authentication> TryAsync(AuthenticationModel model, string text)
    {
        var asKey = await JudgeAsync(model, new Credential(text, IsKey: true), "");
        return asKey.Caller is null ? await JudgeAsync(model, new Credential(Scheme + text, IsKey: false), "") : asKey;
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

    private Caller? FindRemembered(AuthenticationModel model, string header, string server) =>
        model.Remembered.Find(header, _time.GetUtcNow()) is { } known && (known.Audiences is null || model.Resources.Of(server).Accepts(known.Audiences))
            ? known.Caller
            : null;

    private async ValueTask<Authentication> SignInAsync(AuthenticationModel model, Credential credential, string server, IPAddress? address)
    {
        var judged = await JudgeAsync(model, credential, server);
        if (judged.Caller is { } caller)
        {
            Tell(caller, address);
        }
        else
        {
            Tell(judged.Fault, server, address);
        }

        return judged;
    }

    /// <summary>Judges a credential that isn't remembered, and remembers it if it is good.</summary>
    private ValueTask<Authentication> JudgeAsync(AuthenticationModel model, in Credential credential, string server)
    {
        var header = credential.Header!;
        if (credential.IsKey)
        {
            return new ValueTask<Authentication>(CheckApiKey(model, header, header));
        }

        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return new ValueTask<Authentication>(CredentialFault.Missing);
        }

        var text = header[Scheme.Length..].TrimStart(' ');
        return text.StartsWith(model.ApiKeyPrefix, StringComparison.Ordinal)
            ? new ValueTask<Authentication>(CheckApiKey(model, header, text))
            : CheckTokenAsync(model, header, text, server);
    }

    private static Authentication CheckApiKey(AuthenticationModel model, string header, string key)
    {
        if (key.Length > TokenContent.MaxLength || model.ApiKeys.Find(key) is not { } caller)
        {
            return CredentialFault.ApiKey;
        }

        model.Remembered.Add(header, new RememberedToken(caller, null, DateTimeOffset.MaxValue));
        return caller;
    }

    private async ValueTask<Authentication> CheckTokenAsync(AuthenticationModel model, string header, string token, string server)
    {
        var (fault, remembered) = await TokenCheck.CheckAsync(model, token, model.Resources.Of(server), _time, header);
        return remembered is not null ? remembered.Caller : fault;
    }

    private static IPAddress? AddressOf(HttpRequest request) => request.HttpContext.Connection.RemoteIpAddress;

    private void Tell(Caller caller, IPAddress? address)
    {
        foreach (var observer in _observers)
        {
            observer.OnSignedIn(caller, address);
        }
    }

    private void Tell(CredentialFault fault, string server, IPAddress? address)
    {
        foreach (var observer in _observers)
        {
            observer.OnRefused(fault, server, address);
        }
    }
}
