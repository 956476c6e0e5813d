using McpHub.Bridging;
using McpHub.Bridging.Tasks;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What the gateway says when it is greeted: the results of <c>initialize</c> and <c>server/discover</c>, as bytes.</summary>
internal sealed class Handshake(ServerFeatures features, string? instructions, byte[] serverInfo, CacheHints hints)
{
    private readonly byte[]?[] _initializeResults = new byte[]?[(int)Revisions.LatestLegacy + 1];
    private byte[]? _discoverResult;

    /// <summary>Whatever the servers tell: a new configuration, and a server that comes or goes, change the lists too.</summary>
    private static ReadOnlySpan<byte> ListChanged => "{\"listChanged\":true}"u8;

    private static ReadOnlySpan<byte> ListChangedAndSubscribe => "{\"subscribe\":true,\"listChanged\":true}"u8;

    public ReadOnlyMemory<byte> DiscoverResult => _discoverResult ??= WriteDiscover();

    public ReadOnlyMemory<byte> InitializeResult(Revision revision) =>
        _initializeResults[(int)revision] ??= WriteInitialize(revision);

    private byte[] WriteInitialize(Revision revision)
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        copy.Begin("protocolVersion"u8);
        buffer.Write((byte)'"');
        buffer.Write(revision.Utf8());
        buffer.Write((byte)'"');
        WriteCapabilities(ref copy, revision);
        copy.Member("serverInfo"u8, serverInfo);
        WriteInstructions(ref copy);
        copy.End();
        return buffer.Span.ToArray();
    }

    private byte[] WriteDiscover()
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        copy.Member("resultType"u8, "\"complete\""u8);
        copy.Member("supportedVersions"u8, Revisions.SupportedJson);
        WriteCapabilities(ref copy, Revisions.Latest);
        WriteInstructions(ref copy);
        ModernResult.WriteHints(ref copy, hints);
        ModernResult.WriteServerInfo(ref copy, serverInfo);
        copy.End();
        return buffer.Span.ToArray();
    }

    private void WriteCapabilities(ref ObjectCopy copy, Revision revision)
    {
        copy.Begin("capabilities"u8);
        var capabilities = new ObjectCopy(copy.Buffer);
        if (features.HasFlag(ServerFeatures.Logging))
        {
            capabilities.Member("logging"u8, "{}"u8);
        }

        // The method is older than its capability, which 2025-03-26 brought.
        if (features.HasFlag(ServerFeatures.Completions) && revision >= Revision.V20250326)
        {
            capabilities.Member("completions"u8, "{}"u8);
        }

        if (features.HasFlag(ServerFeatures.Tasks) && revision.IsModern())
        {
            capabilities.Begin("extensions"u8);
            var extensions = new ObjectCopy(copy.Buffer);
            extensions.Member(TasksExtension.Id, "{}"u8);
            extensions.End();
        }

        if (features.HasFlag(ServerFeatures.Prompts))
        {
            capabilities.Member("prompts"u8, ListChanged);
        }

        if (features.HasFlag(ServerFeatures.Resources))
        {
            capabilities.Member("resources"u8, features.HasFlag(ServerFeatures.Subscriptions) ? ListChangedAndSubscribe : ListChanged);
        }

        if (features.HasFlag(ServerFeatures.Tools))
        {
            capabilities.Member("tools"u8, ListChanged);
        }

        capabilities.End();
    }

    private void WriteInstructions(ref ObjectCopy copy)
    {
        if (instructions is not null)
        {
            copy.Member("instructions"u8, JsonText.Encode(instructions));
        }
    }
}
