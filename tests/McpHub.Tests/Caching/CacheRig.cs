using System.Text;
using System.Text.Json;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Caching;

/// <summary>The whole pipeline in process, in front of one scripted server, with a clock that a test moves.</summary>
internal sealed class CacheRig : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly McpPipeline _pipeline;

    public CacheRig(CacheConfig cache, Revision revision = Revision.V20260728, params string[] tools)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        Config = new HubConfig
        {
            Gateway = new GatewayConfig { Cache = cache, Naming = new NamingConfig { Prefix = PrefixMode.Never } },
            Upstreams = [new UpstreamConfig { Name = "s", Transport = new StdioTransportConfig { Command = "none" } }],
        };
        services.AddMcpHub(Config);
        _services = services.BuildServiceProvider();
        Source = new ScriptedSource { Offer = ScriptedSource.OfferOf(revision, tools.Length > 0 ? tools : ["get", "get_other", "set"]) };
        Cache = _services.GetRequiredService<ResultCache>();
        Events = _services.GetRequiredService<CacheEventBus>();
        _pipeline = _services.GetRequiredService<McpPipeline>();
        Show(Source);
        Cache.Apply(Config);
    }

    public FakeTimeProvider Time { get; } = new();

    public HubConfig Config { get; }

    public ScriptedSource Source { get; }

    public ResultCache Cache { get; }

    public CacheEventBus Events { get; }

    public static CacheConfig ConfigOf(CacheToolConfig? get = null, params (string Tool, string[] Tags)[] invalidates) => new()
    {
        Enabled = true,
        Tools = new OrderedDictionary<string, CacheToolConfig> { ["get*"] = get ?? new CacheToolConfig() },
        Invalidates = new OrderedDictionary<string, IReadOnlyList<string>>(invalidates.Select(i => new KeyValuePair<string, IReadOnlyList<string>>(i.Tool, i.Tags))),
    };

    /// <summary>Makes a server the one behind the gateway.</summary>
    public CatalogSnapshot Show(ScriptedSource source)
    {
        var catalog = _services.GetRequiredService<CatalogStore>();
        var old = catalog.Current;
        catalog.Current = new CatalogBuilder(NullLogger.Instance).Build(Config, [(source, Config.Upstreams[0])], []);
        Events.OnCatalogChanged(old, catalog.Current, new Dictionary<string, ListKinds>());
        return catalog.Current;
    }

    /// <summary>Calls a tool; the answer is its text, or what it failed with.</summary>
    public PendingCall Call(string tool, string arguments = "{}", string caller = "a", Revision revision = Revision.V20260728, string meta = "", string capabilities = "{}") =>
        Send("tools/call", "\"name\":\"" + tool + "\",\"arguments\":" + arguments, caller, revision, meta, capabilities);

    public PendingCall Read(string uri, string caller = "a", Revision revision = Revision.V20260728) =>
        Send("resources/read", "\"uri\":\"" + uri + "\"", caller, revision, "", "{}");

    /// <summary>Calls a tool that answers at once.</summary>
    public async Task<string> AskAsync(string tool, string arguments = "{}", string caller = "a", Revision revision = Revision.V20260728, string meta = "") =>
        (await Call(tool, arguments, caller, revision, meta).Answer.WithinLimitAsync("an answer")).Text;

    /// <summary>One request that can be sent again and again, each time on the same thread and answered at once.</summary>
    public Action PrepareCall(string tool, string arguments)
    {
        var message = Encoding.UTF8.GetBytes(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":" + arguments
            + ",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
        var context = new McpContext();
        var caller = new Caller { Key = "a" };
        var view = _services.GetRequiredService<CatalogStore>().Current.Root;
        return () =>
        {
            context.Message = message;
            context.Revision = Revision.V20260728;
            context.Caller = caller;
            context.View = view;
            _ = EnvelopeReader.Read(message, out context.Envelope);
            var pending = _pipeline.InvokeAsync(context);
            Assert.True(pending.IsCompletedSuccessfully);
            pending.Result.Dispose();
            context.Reset();
        };
    }

    public void Dispose() => _services.Dispose();

    private PendingCall Send(string method, string parameters, string caller, Revision revision, string meta, string capabilities)
    {
        var modern = revision.IsModern()
            ? "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":" + capabilities
            : "";
        var all = string.Join(',', new[] { modern, meta }.Where(m => m.Length > 0));
        var message = Encoding.UTF8.GetBytes(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + parameters + (all.Length > 0 ? ",\"_meta\":{" + all + "}" : "") + "}}");
        var context = new McpContext
        {
            Message = message,
            Revision = revision,
            Caller = new Caller { Key = caller },
            View = _services.GetRequiredService<CatalogStore>().Current.Root,
        };
        Assert.Null(EnvelopeReader.Read(message, out context.Envelope));
        context.LookAsDeclared();
        return new PendingCall(context, AnswerAsync(context));
    }

    private async Task<CallAnswer> AnswerAsync(McpContext context)
    {
        using var result = await _pipeline.InvokeAsync(context);
        return new CallAnswer(
            result.Kind,
            result.Kind == McpResultKind.Failure ? JsonSerializer.SerializeToElement(result.Failure!.Kind.ToString()) : JsonElement.Parse(result.Json.Span));
    }
}
