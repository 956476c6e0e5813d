using McpHub.Bridging.Tasks;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>What of a client's capabilities an upstream may be told: only what the gateway can carry all the way.</summary>
internal static class ClientCapabilities
{
    /// <summary>MCP Apps: resources and <c>_meta</c> that pass like any other.</summary>
    private static ReadOnlySpan<byte> Apps => "io.modelcontextprotocol/ui"u8;

    /// <summary>Writes the capabilities with only those extensions that the gateway relays (2026-07-28, "Extensions").</summary>
    /// <param name="capabilities">As the client declared them; empty for none.</param>
    public static void WriteRelayed(Utf8Buffer buffer, ReadOnlySpan<byte> capabilities)
    {
        if (capabilities.IsEmpty)
        {
            buffer.Write("{}"u8);
            return;
        }

        if (capabilities.IndexOf("extensions"u8) < 0)
        {
            buffer.Write(capabilities);
            return;
        }

        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(capabilities);
        while (members.MoveNext())
        {
            if (members.NameIs("extensions"u8))
            {
                copy.Begin("extensions"u8);
                WriteExtensions(buffer, members.Value);
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }

    private static void WriteExtensions(Utf8Buffer buffer, ReadOnlySpan<byte> extensions)
    {
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(extensions);
        while (members.MoveNext())
        {
            if (members.NameIs(Apps) || members.NameIs(TasksExtension.Id))
            {
                copy.Copy(members);
            }
        }

        copy.End();
    }
}
