using System.Text;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Tests.Caching;

/// <summary>A server in process, whose answers a test gives one by one.</summary>
internal sealed class ScriptedSource : ICatalogSource
{
    private readonly Lock _lock = new();
    private readonly List<ScriptedCall> _calls = [];

    public string Name => "s";

    public required ServerOffer Offer { get; init; }

    /// <summary>Answers a call at once; without, a call waits for its test.</summary>
    public Func<ScriptedCall, string?>? Script { get; set; }

    /// <summary>The calls so far, in their order.</summary>
    public IReadOnlyList<ScriptedCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Remembers no call any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _calls.Clear();
            _calls.TrimExcess();
        }
    }

    public static ServerOffer OfferOf(Revision revision, params string[] tools) => new()
    {
        Revision = revision,
        Features = ServerFeatures.Tools | ServerFeatures.Resources,
        Tools = [.. tools.Select(t => new Definition(t, Encoding.UTF8.GetBytes(
            $$$"""{"name":"{{{t}}}","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":{{{(t.StartsWith("get", StringComparison.Ordinal) ? "true" : "false")}}}}}""")))],
        Resources = [new Definition("test://a/b", """{"uri":"test://a/b","name":"b"}"""u8.ToArray())],
    };

    public async ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        var call = new ScriptedCall(entry.SourceName, Encoding.UTF8.GetString(context.Message.Span), Encoding.UTF8.GetString(context.Slice(context.Envelope.Arguments)), context.Caller.Key, cancellationToken);
        lock (_lock)
        {
            _calls.Add(call);
        }

        if (Script?.Invoke(call) is { } result)
        {
            call.Answer(result);
        }

        return await call.Result;
    }
}
