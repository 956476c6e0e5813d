using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports;

/// <summary>Checks the metadata that every modern request carries in its body, whatever the transport (2026-07-28, "General fields").</summary>
internal static class ModernMetadata
{
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static Failure? Check(McpContext context) => CheckVersion(context) ?? CheckRest(context);

    public static Failure? CheckVersion(McpContext context)
    {
        var version = context.Slice(context.Envelope.ProtocolVersion);
        return JsonText.Is(version, Revisions.Latest.Utf8()) ? null : Unsupported(version);
    }

    public static Failure? CheckRest(McpContext context)
    {
        if (context.Envelope.Kind == EnvelopeKind.Notification)
        {
            return null;
        }

        if (!context.Envelope.ClientCapabilities.IsPresent)
        {
            return Missing(MetaKeys.ClientCapabilitiesText);
        }

        return context.Envelope.LogLevel.IsPresent && !McpLogLevels.TryParse(context.Slice(context.Envelope.LogLevel), out _)
            ? new Failure(FailureKind.InvalidParams, $"Invalid params: '{MetaKeys.LogLevelText}' is not a log level.")
            : null;
    }

    public static Failure Missing(string key) =>
        new(FailureKind.MissingMetadata, $"Invalid params: 'params._meta[\"{key}\"]' is missing; every request of this revision has it.");

    private static Failure Unsupported(ReadOnlySpan<byte> requested)
    {
        using var buffer = Utf8Buffer.Rent();
        var data = new ObjectCopy(buffer);
        data.Member("supported"u8, Revisions.SupportedJson);
        data.Member("requested"u8, requested);
        data.End();
        return new Failure(FailureKind.UnsupportedProtocolVersion, "Unsupported protocol version", buffer.Span.ToArray());
    }
}
