using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>The call of a bulk tool that is made for several: with what they have in common, and nothing of the one who came first.</summary>
internal sealed class BulkRequest
{
    private readonly CatalogEntry _entry;
    private readonly Caller _caller;
    private readonly CatalogView _view;
    private readonly string _transport;
    private readonly ActivityContext _trace;
    private readonly TimeSpan? _tierTimeout;

    private BulkRequest(CatalogEntry entry, McpContext first, Caller caller)
    {
        _entry = entry;
        _caller = caller;
        _view = first.View;
        _transport = first.NetworkTransport;
        _trace = first.Trace;
        _tierTimeout = first.TierTimeout;
    }

    /// <returns><see langword="null"/> if the server has no such bulk tool now.</returns>
    public static BulkRequest? Create(BulkForm form, CatalogEntry tool, McpContext first, Caller caller)
    {
        var definition = form.DefinitionAt(tool.Source);
        return definition is null ? null : new BulkRequest(
            new CatalogEntry
            {
                Source = tool.Source,
                Name = form.Tool,
                SourceName = form.Tool,
                SourceNameJson = JsonText.Encode(form.Tool),
                Definition = definition.Json,
                Revision = tool.Revision,
                Category = tool.Category,
                Timeout = tool.Timeout,
                HeaderParameters = ToolSchema.Read(definition.Json).HeaderParameters,
                IsRepeatable = ToolHints.IsRepeatable(definition.Json),
                Uris = tool.Uris,
            },
            first,
            caller);
    }

    /// <summary>Makes the call.</summary>
    public async Task<BulkAnswer> SendAsync(ReadOnlyMemory<byte> arguments, Counter<long> calls, CancellationToken cancellationToken)
    {
        calls.Add(1, new KeyValuePair<string, object?>("gen_ai.tool.name", _entry.Name));
        using var context = new McpContext
        {
            Message = Write(arguments.Span),

            // The form that results are taken apart in.
            Revision = Revisions.LatestLegacy,
            Caller = _caller,
            View = _view,
            NetworkTransport = _transport,
            Entry = _entry,
            Trace = _trace,
            TierTimeout = _tierTimeout,
            Started = Stopwatch.GetTimestamp(),
        };
        if (EnvelopeReader.Read(context.Message.Span, out context.Envelope) is { } wrong)
        {
            return new BulkAnswer { Failure = wrong };
        }

        using var ending = cancellationToken.UnsafeRegister(static state => ((McpContext)state!).Cancel(), context);
        using var result = await _entry.Source.InvokeAsync(context, _entry, context.Cancellation);
        return result.Kind switch
        {
            McpResultKind.Failure => new BulkAnswer { Failure = result.Failure },
            McpResultKind.UpstreamError => new BulkAnswer { Error = result.Json.ToArray(), Code = result.Code },
            _ => new BulkAnswer { Part = new BulkPart(result.Json.ToArray(), result.IsToolError) },
        };
    }

    private byte[] Write(ReadOnlySpan<byte> arguments)
    {
        using var buffer = Utf8Buffer.Rent(arguments.Length + 256);
        McpMessages.BeginRequest(buffer, 0, McpMethod.CallTool);
        var parameters = new ObjectCopy(buffer);
        parameters.Member("name"u8, _entry.SourceNameJson);
        parameters.Member("arguments"u8, arguments);
        parameters.End();
        buffer.Write((byte)'}');
        return buffer.Span.ToArray();
    }
}
