using McpHub.Bridging.Inputs;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging;

/// <summary>A client's capabilities: what servers go by, and what an upstream may be told: only what the gateway can carry all the way.</summary>
internal static class ClientCapabilities
{
    /// <summary>MCP Apps: resources and <c>_meta</c> that pass like any other.</summary>
    private static ReadOnlySpan<byte> Apps => "io.modelcontextprotocol/ui"u8;

    private static ReadOnlySpan<byte> HtmlApp => "text/html;profile=mcp-app"u8;

    /// <summary>Reads of a client's capabilities what servers may choose their lists by.</summary>
    /// <param name="capabilities">As the client declared them; empty for none.</param>
    public static ClientFeatures Read(ReadOnlySpan<byte> capabilities)
    {
        if (capabilities.Length <= 2)
        {
            return ClientFeatures.None;
        }

        var features = (ClientFeatures)InputCapabilities.Read(capabilities);
        if (!JsonMembers.TryGet(capabilities, "extensions"u8, out var extensions))
        {
            return features;
        }

        if (JsonMembers.TryGet(extensions, Apps, out var apps) && apps[0] == (byte)'{')
        {
            features |= ClientFeatures.Apps | (HasHtml(apps) ? ClientFeatures.HtmlApps : ClientFeatures.None);
        }

        return features | (TasksExtension.IsDeclaredIn(capabilities) ? ClientFeatures.Tasks : ClientFeatures.None);
    }

    /// <summary>Writes capabilities as a client declares them, in the form that 2025-11-25 and 2026-07-28 share.</summary>
    public static void Write(Utf8Buffer buffer, ClientFeatures features)
    {
        var inputs = InputCapabilities.Write((InputKinds)(features & ClientFeatures.Inputs));
        if ((features & ~ClientFeatures.Inputs) == ClientFeatures.None)
        {
            buffer.Write(inputs);
            return;
        }

        var capabilities = new ObjectCopy(buffer);
        var members = new JsonMembers(inputs);
        while (members.MoveNext())
        {
            capabilities.Copy(members);
        }

        capabilities.Begin("extensions"u8);
        var extensions = new ObjectCopy(buffer);
        if (features.HasFlag(ClientFeatures.Apps))
        {
            extensions.Member(Apps, features.HasFlag(ClientFeatures.HtmlApps) ? "{\"mimeTypes\":[\"text/html;profile=mcp-app\"]}"u8 : "{}"u8);
        }

        if (features.HasFlag(ClientFeatures.Tasks))
        {
            extensions.Member(TasksExtension.Id, "{}"u8);
        }

        extensions.End();
        capabilities.End();
    }

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

    private static bool HasHtml(ReadOnlySpan<byte> apps)
    {
        JsonMembers.TryGet(apps, "mimeTypes"u8, out var types);
        var items = new JsonItems(types);
        while (items.MoveNext())
        {
            if (JsonText.Is(items.Value, HtmlApp))
            {
                return true;
            }
        }

        return false;
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
