using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>Which log messages a request's client wants (T13 of the translation rules: per request on modern, per session on legacy).</summary>
internal static class LogLevels
{
    /// <summary>The least severe level that is wanted; <see langword="null"/> if the client named none.</summary>
    public static McpLogLevel? WantedBy(McpContext context)
    {
        if (!context.Revision.IsModern())
        {
            return context.Session?.LogLevel;
        }

        return context.Envelope.LogLevel.IsPresent && McpLogLevels.TryParse(context.Slice(context.Envelope.LogLevel), out var level)
            ? level
            : null;
    }

    /// <summary>
    /// Whether the client wants messages of this level. A modern client that named no level gets none (2026-07-28, "Logging"); a
    /// legacy one leaves the choice to the server.
    /// </summary>
    public static bool Wants(McpContext context, McpLogLevel level) =>
        WantedBy(context) is { } least ? level >= least : !context.Revision.IsModern();
}
