using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Caching;

/// <summary>What came of a request that was made for all who asked the same. Immutable; the bytes are the collector's.</summary>
internal sealed record FlightOutcome
{
    /// <summary>The result; <see langword="null"/> if there is an error instead.</summary>
    public CacheValue? Value { get; private init; }

    public bool IsToolError { get; private init; }

    public ResultMarks Marks { get; private init; }

    /// <summary>Whether the answer depends on what the client can be asked: who can be asked, has to ask for itself.</summary>
    public bool IsForAsker { get; private init; }

    private McpResultKind Kind { get; init; }

    private byte[] Error { get; init; } = [];

    private int Code { get; init; }

    private Failure? Failure { get; init; }

    private Exception? Exception { get; init; }

    /// <summary>Whether no answer could be had: that a tool failed, or that a server refuses the request, is an answer.</summary>
    public bool IsOutage => Failure?.Kind is FailureKind.UpstreamUnavailable or FailureKind.UpstreamLost or FailureKind.UpstreamProtocol or FailureKind.TimedOut
        || Exception is not null;

    public static FlightOutcome Of(Exception exception) => new() { Exception = exception };

    public static FlightOutcome Of(McpResult result, Revision from)
    {
        switch (result.Kind)
        {
            case McpResultKind.Result:
                var marks = ResultMarks.Read(result.Json.Span);
                return new FlightOutcome
                {
                    Kind = result.Kind,
                    Value = new CacheValue(result.Json.ToArray(), from),
                    IsToolError = result.IsToolError,
                    Marks = marks,
                    IsForAsker = !marks.IsComplete,
                };
            case McpResultKind.UpstreamError:
                return new FlightOutcome
                {
                    Kind = result.Kind,
                    Error = result.Json.ToArray(),
                    Code = result.Code,
                    IsForAsker = result.Code is McpErrorCodes.MissingClientCapability or McpErrorCodes.UrlElicitationRequired,
                };
            default:
                return new FlightOutcome
                {
                    Kind = McpResultKind.Failure,
                    Failure = result.Failure ?? new Failure(FailureKind.Internal, "Internal error: a tool gave no answer."),
                    IsForAsker = result.Failure?.Kind is FailureKind.MissingClientCapability or FailureKind.InputNotRelayed,
                };
        }
    }

    /// <summary>The answer for one of those who wait, in its own revision.</summary>
    /// <exception cref="System.Exception">What nobody expected, and the pipeline explains.</exception>
    public McpResult Answer(McpContext context, CatalogEntry entry)
    {
        if (Exception is not null)
        {
            throw new InvalidOperationException("The request that was made for all who asked the same failed.", Exception);
        }

        return Kind switch
        {
            McpResultKind.Result when IsToolError => Value!.AnswerError(context, entry),
            McpResultKind.Result => Value!.Answer(context, entry, -1, out _),
            McpResultKind.UpstreamError => AnswerError(context, entry),
            _ => McpResult.Fail(Failure!),
        };
    }

    private McpResult AnswerError(McpContext context, CatalogEntry entry)
    {
        if (context.Revision == entry.Revision)
        {
            var copy = Utf8Buffer.CopyOf(Error);
            return McpResult.UpstreamError(copy, copy.Memory, Code);
        }

        var message = Utf8Buffer.Rent(Error.Length + 64);
        McpMessages.WriteError(message, "0"u8, Error);
        _ = EnvelopeReader.Read(message.Span, out var envelope);
        return ErrorTranslator.Translate(context, entry, entry.Revision, new UpstreamReply(message, envelope));
    }
}
