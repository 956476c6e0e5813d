using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Testing.Security;

/// <summary>A tool <c>who</c> that sees its request as the pipeline does, and tells who called it.</summary>
internal sealed class CallerProbe : ICatalogSource
{
    public const string Tool = "who";

    private int _calls;

    public string Name => "probe";

    public ServerOffer? Offer => null;

    /// <summary>How often it was called.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Answers instead, if it is set.</summary>
    public Func<McpContext, McpResult>? Answer { get; set; }

    /// <summary>Puts the tool into the gateway's catalog, on the endpoint of all servers, beside what is there.</summary>
    public static CallerProbe AddTo(GatewayHost gateway)
    {
        var probe = new CallerProbe();
        var entry = new CatalogEntry
        {
            Source = probe,
            Name = Tool,
            SourceName = Tool,
            SourceNameJson = JsonText.Encode(Tool),
            Definition = """{"name":"who","inputSchema":{"type":"object"}}"""u8.ToArray(),
            Revision = Revisions.Latest,
        };
        var info = "{}"u8.ToArray();
        var store = gateway.Services.GetRequiredService<CatalogStore>();
        var content = store.Current.Root.Content;
        store.Current = store.Current with
        {
            Root = new CatalogView(
                content with { Tools = [.. content.Tools, entry], Features = content.Features | ServerFeatures.Tools },
                HandshakeSettings.Empty,
                new ListSettings(100, CacheHints.None, info)),
        };
        return probe;
    }

    public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return new ValueTask<McpResult>(Answer?.Invoke(context) ?? TextResult.Write(context, context.Caller.Key, isError: false));
    }
}
