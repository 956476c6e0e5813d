using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.AspNetCore.Http;

namespace McpHub.Transports.Http;

/// <summary>The HTTP status of an answer (2026-07-28 Streamable HTTP, "Error handling"; earlier revisions).</summary>
internal static class AnswerStatus
{
    public static int Of(in McpResult result, McpContext context, bool isTransportFault) => result.Kind switch
    {
        // A notification has no answer: what is wrong with it can only be told by the status.
        McpResultKind.Failure when context.Envelope.Kind == EnvelopeKind.Notification => Math.Max(400, Failures.Of(result.Failure!.Kind).HttpStatus),

        // The status is what makes clients of either era ask for more scopes (Authorization, "Scope Challenge Handling"); and sessions are
        // the transport's own.
        McpResultKind.Failure when result.Failure!.Kind is FailureKind.InsufficientScope or FailureKind.TooManySessions => Failures.Of(result.Failure.Kind).HttpStatus,

        // In the legacy era an error of a request is an answer like any other; only what is wrong with the HTTP has a status.
        // Whoever stands between reads the status too: proxies, and clients' own code for trying again.
        McpResultKind.Failure when isTransportFault || context.Revision.IsModern() || result.Failure!.RetryAfter > 0 => Failures.Of(result.Failure!.Kind).HttpStatus,
        McpResultKind.UpstreamError when context.Revision.IsModern() => OfUpstream(result.Code),
        _ => StatusCodes.Status200OK,
    };

    /// <summary>The codes that have a status of their own, whoever they come from.</summary>
    private static int OfUpstream(int code) => code switch
    {
        McpErrorCodes.MethodNotFound => StatusCodes.Status404NotFound,
        McpErrorCodes.MissingClientCapability => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };
}
