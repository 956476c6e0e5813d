using BenchmarkDotNet.Attributes;
using McpHub.Configuration;
using McpHub.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Benchmarks;

/// <summary>Who a request is from: with a token that is remembered, with one that is not, and without any authentication.</summary>
[MemoryDiagnoser]
public class AuthenticationBenchmarks
{
    private readonly DefaultHttpContext _http = new();
    private ServiceProvider _services = null!;
    private Authenticator _authenticator = null!;
    private Authenticator _open = null!;

    [GlobalSetup]
    public void Start()
    {
        var pem = VerificationKey.NewPem();
        var issuer = new IssuerConfig { Issuer = "benchmark", Key = pem };
        var config = new HubConfig { Gateway = new GatewayConfig { Auth = new AuthConfig { Issuers = [issuer] } } };
        _services = new ServiceCollection().AddMcpHub(config).Services.BuildServiceProvider();
        _authenticator = _services.GetRequiredService<Authenticator>();
        _open = new ServiceCollection().AddMcpHub().Services.BuildServiceProvider().GetRequiredService<Authenticator>();
        VerificationKey.TryReadPem(pem, out var key, out _);
        var token = new DevelopmentToken
        {
            Issuer = issuer.Issuer,
            Audience = ProtectedResources.RootUri(config),
            Subject = "alice",
            Lifetime = TimeSpan.FromHours(1),
            Scopes = ["tools:read", "tools:call"],
            Roles = ["admin", "developer"],
            Claims = Enumerable.Range(0, 12).ToLookup(n => $"claim-{n}", n => $"a value of the usual length {n}"),
        };
        _http.Request.Headers.Authorization = "Bearer " + token.Sign(key!, TimeProvider.System.GetUtcNow());
        if (!RepeatedToken() || !NewToken() || !NoAuthentication())
        {
            throw new InvalidOperationException("The token is not taken.");
        }
    }

    [GlobalCleanup]
    public void Stop() => _services.Dispose();

    [Benchmark(Baseline = true)]
    public bool NoAuthentication() => Check(_open);

    [Benchmark]
    public bool RepeatedToken() => Check(_authenticator);

    /// <summary>ECDSA on P-256.</summary>
    [Benchmark]
    public bool NewToken()
    {
        _authenticator.Model!.Remembered.Clear();
        return Check(_authenticator);
    }

    private bool Check(Authenticator authenticator)
    {
        var pending = authenticator.AuthenticateAsync(_http.Request, "");
        return pending.IsCompletedSuccessfully && pending.Result.Caller is not null;
    }
}
