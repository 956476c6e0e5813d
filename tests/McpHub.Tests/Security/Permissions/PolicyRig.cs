using System.Text;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Permissions;
using McpHub.Testing;
using McpHub.Testing.Permissions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Security.Permissions;

/// <summary>The pipeline in front of <see cref="TwoServers"/>, asked by any caller.</summary>
internal sealed class PolicyRig : IDisposable
{
    private static readonly UpstreamConfig Somewhere = new() { Name = "", Transport = new HttpTransportConfig { Url = new Uri("http://nowhere") } };

    private readonly ServiceProvider _services;
    private readonly McpPipeline _pipeline;
    private readonly CatalogStore _store;
    private readonly CatalogBuilder _builder = new(NullLogger.Instance);
    private readonly (ICatalogSource, UpstreamConfig)[] _upstreams;

    public PolicyRig(FakeOffer? a = null, FakeOffer? b = null)
    {
        _upstreams =
        [
            (new FakeSource("a", a ?? TwoServers.A), TwoServers.ConfigureA(Somewhere)),
            (new FakeSource("b", b ?? TwoServers.B), TwoServers.ConfigureB(Somewhere)),
        ];
        var services = new ServiceCollection();
        services.AddMcpHub();
        _services = services.BuildServiceProvider();
        _pipeline = _services.GetRequiredService<McpPipeline>();
        _store = _services.GetRequiredService<CatalogStore>();
        Apply(new PolicyConfig());
    }

    public CatalogSnapshot Catalog => _store.Current;

    /// <summary>The rule that decided on the last request.</summary>
    public string Rule { get; private set; } = "";

    public void Apply(PolicyConfig policy) =>
        _store.Current = _builder.Build(HubConfig.Default with { Gateway = new GatewayConfig { Policy = policy } }, _upstreams, []);

    /// <summary>The names in a list.</summary>
    public HashSet<string> List(Caller caller, ListMember list, string server = "")
    {
        var method = list switch { ListMember.ResourceTemplates => "resources/templates/list", var other => Encoding.UTF8.GetString(other.Utf8()) + "/list" };
        using var result = Ask(caller, method, "{}", server);
        Assert.Equal(McpResultKind.Result, result.Kind);
        return [.. JsonElement.Parse(result.Json.Span).GetProperty(Encoding.UTF8.GetString(list.Utf8())).EnumerateArray()
            .Select(e => e.GetProperty(Encoding.UTF8.GetString(list.Key())).GetString()!)];
    }

    public AccessOutcome Call(Caller caller, Offered thing, string arguments) => Outcome(Ask(
        caller, thing.Kind == ListMember.Tools ? "tools/call" : "prompts/get", $$"""{"name":"{{thing.Asked}}","arguments":{{arguments}}}"""));

    public AccessOutcome Read(Caller caller, string uri) => Outcome(Ask(caller, "resources/read", $$"""{"uri":"{{uri}}"}"""));

    public AccessOutcome Complete(Caller caller, Offered thing) => Outcome(Ask(caller, "completion/complete", thing.Kind == ListMember.Prompts
        ? $$$"""{"ref":{"type":"ref/prompt","name":"{{{thing.Asked}}}"},"argument":{"name":"x","value":""}}"""
        : $$$"""{"ref":{"type":"ref/resource","uri":"{{{thing.Asked}}}"},"argument":{"name":"x","value":""}}"""));

    /// <summary>What a legacy client is told that subscribes.</summary>
    public AccessOutcome Subscribe(Caller caller, string uri)
    {
        var session = new ClientSession("", Revision.V20251125, []) { Caller = caller };
        using var result = Ask(caller, "resources/subscribe", $$"""{"uri":"{{uri}}"}""", session: session);
        session.End();
        if (result.Failure is not { } failure)
        {
            return AccessOutcome.Allowed;
        }

        Assert.True(failure.Kind is FailureKind.ResourceNotFound or FailureKind.InsufficientScope, failure.Message);
        return failure.Kind == FailureKind.InsufficientScope ? AccessOutcome.InsufficientScope : AccessOutcome.Denied;
    }

    public McpResult Ask(Caller caller, string method, string parameters, string server = "", ClientSession? session = null)
    {
        var meta = session is null ? (parameters == "{}" ? "" : ",") + "\"_meta\":{" + McpClient.ModernKeys + "}" : "";
        var message = Encoding.UTF8.GetBytes(Rpc.Request("1", method, parameters[..^1] + meta + "}"));
        using var context = new McpContext
        {
            Message = message,
            Caller = caller,
            Session = session,
            Revision = session?.Revision ?? Revisions.Latest,
            View = _store.Current.ViewOf(server)!,
        };
        Assert.Null(EnvelopeReader.Read(message, out context.Envelope));
        var pending = _pipeline.InvokeAsync(context);
        Rule = context.Rule;
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("Nothing here has to wait.");
    }

    public void Dispose() => _services.Dispose();

    private static AccessOutcome Outcome(McpResult result)
    {
        using (result)
        {
            if (result.Kind == McpResultKind.Result)
            {
                Assert.True(result.Json.Span.SequenceEqual(FakeSource.Answer));
                return AccessOutcome.Allowed;
            }

            if (result.Failure!.Kind == FailureKind.InsufficientScope)
            {
                return AccessOutcome.InsufficientScope;
            }

            Assert.True(result.Failure.Kind is FailureKind.InvalidParams or FailureKind.ResourceNotFound, result.Failure.Message);
            return AccessOutcome.Denied;
        }
    }
}
