using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using McpHub.Testing.Security;

namespace McpHub.FunctionalTests.Security;

/// <summary>An issuer, and a gateway that takes its tokens, with one clock for both.</summary>
internal sealed class IssuerPair : IAsyncDisposable
{
    private IssuerPair(TestIssuer issuer, GatewayHost gateway, FakeTimeProvider time)
    {
        Issuer = issuer;
        Gateway = gateway;
        Time = time;
        Probe = CallerProbe.AddTo(gateway);
    }

    public TestIssuer Issuer { get; }

    public GatewayHost Gateway { get; }

    public FakeTimeProvider Time { get; }

    public CallerProbe Probe { get; }

    public static async Task<IssuerPair> StartAsync(Func<TestIssuer, IssuerConfig>? configure = null, Action<TestIssuer>? setUp = null)
    {
        var time = new FakeTimeProvider();
        var issuer = await TestIssuer.StartAsync(time);
        setUp?.Invoke(issuer);
        var hub = issuer.Hub();
        var auth = hub.Gateway.Auth with { Issuers = [configure?.Invoke(issuer) ?? issuer.Config] };
        return new IssuerPair(issuer, await GatewayHost.StartAsync(hub with { Gateway = hub.Gateway with { Auth = auth } }, time), time);
    }

    /// <summary>Asks the gateway who calls, with this token.</summary>
    public Task<HttpAnswer> CallAsync(string? token) => SendAsync(token, CallerProbe.Tool, "{}");

    /// <summary>Calls a tool that is still there after a reload.</summary>
    public Task<HttpAnswer> EchoAsync(string token) => SendAsync(token, "hub_echo", """{"message":"x"}""");

    /// <summary>Lets time pass, this much and then as much as it takes, until a stream has ended without another message.</summary>
    public async Task UntilEndedAsync(SseSession session, TimeSpan after)
    {
        Time.Advance(after);
        var ended = session.TryReadAsync();
        await Patience.UntilAsync(
            () =>
            {
                Time.Advance(CredentialWatches.Period);
                return ended.IsCompleted;
            },
            "the stream has ended");
        Assert.Null(await ended);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    private async Task<HttpAnswer> SendAsync(string? token, string tool, string arguments)
    {
        var client = McpClient.Unconnected(Gateway, Revision.V20260728, token);
        return await client.CallAsync(tool, arguments);
    }
}
