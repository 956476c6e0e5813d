using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>Writes the notifications that tell of changes, and what is said around them in 2026-07-28.</summary>
internal static class ChangeMessages
{
    /// <summary>One change.</summary>
    /// <param name="list">The list; none if it is a resource.</param>
    /// <param name="uri">The resource; <see langword="null"/> if it is a list.</param>
    /// <param name="subscription">The id of the listen request as JSON; empty in the legacy era.</param>
    public static Utf8Buffer Change(ListKinds list, string? uri, ReadOnlySpan<byte> subscription)
    {
        var buffer = Begin(MethodOf(list));
        if (uri is not null || !subscription.IsEmpty)
        {
            buffer.Write(",\"params\":"u8);
            var parameters = new ObjectCopy(buffer);
            if (!subscription.IsEmpty)
            {
                WriteMeta(ref parameters, subscription);
            }

            if (uri is not null)
            {
                parameters.Begin("uri"u8);
                JsonText.Write(buffer, uri);
            }

            parameters.End();
        }

        buffer.Write((byte)'}');
        return buffer;
    }

    /// <summary>The first message of a listen request: what of its filter the gateway honours.</summary>
    public static Utf8Buffer Acknowledged(ListKinds lists, IEnumerable<string> uris, IEnumerable<string> taskIds, ReadOnlySpan<byte> subscription)
    {
        var buffer = Begin(McpMethod.SubscriptionAcknowledgedNotification);
        buffer.Write(",\"params\":"u8);
        var parameters = new ObjectCopy(buffer);
        WriteMeta(ref parameters, subscription);
        parameters.Begin("notifications"u8);
        WriteFilter(buffer, lists, uris, taskIds);
        parameters.End();
        buffer.Write((byte)'}');
        return buffer;
    }

    /// <summary>The object of a filter, and of its acknowledgement.</summary>
    public static void WriteFilter(Utf8Buffer buffer, ListKinds lists, IEnumerable<string> uris, IEnumerable<string> taskIds)
    {
        var filter = new ObjectCopy(buffer);
        WriteFlag(ref filter, "toolsListChanged"u8, lists.HasFlag(ListKinds.Tools));
        WriteFlag(ref filter, "promptsListChanged"u8, lists.HasFlag(ListKinds.Prompts));
        WriteFlag(ref filter, "resourcesListChanged"u8, lists.HasFlag(ListKinds.Resources));
        WriteTexts(ref filter, "resourceSubscriptions"u8, uris);
        WriteTexts(ref filter, "taskIds"u8, taskIds);
        filter.End();
    }

    /// <summary>The result of a listen request, which only comes when the gateway ends it.</summary>
    public static byte[] Result(ReadOnlySpan<byte> subscription)
    {
        using var buffer = Utf8Buffer.Rent();
        var result = new ObjectCopy(buffer);
        result.Member("resultType"u8, "\"complete\""u8);
        WriteMeta(ref result, subscription);
        result.End();
        return buffer.Span.ToArray();
    }

    private static McpMethod MethodOf(ListKinds list) => list switch
    {
        ListKinds.Tools => McpMethod.ToolsChangedNotification,
        ListKinds.Prompts => McpMethod.PromptsChangedNotification,
        ListKinds.Resources => McpMethod.ResourcesChangedNotification,
        _ => McpMethod.ResourceUpdatedNotification,
    };

    private static Utf8Buffer Begin(McpMethod method)
    {
        var buffer = Utf8Buffer.Rent();
        McpMessages.BeginNotification(buffer, method);
        return buffer;
    }

    private static void WriteFlag(ref ObjectCopy filter, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
        {
            filter.Member(name, "true"u8);
        }
    }

    /// <summary>An array, or nothing where it would be empty.</summary>
    private static void WriteTexts(ref ObjectCopy filter, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        var separator = (byte)'[';
        foreach (var text in texts)
        {
            if (separator == (byte)'[')
            {
                filter.Begin(name);
            }

            filter.Buffer.Write(separator);
            separator = (byte)',';
            JsonText.Write(filter.Buffer, text);
        }

        if (separator == (byte)',')
        {
            filter.Buffer.Write((byte)']');
        }
    }

    private static void WriteMeta(ref ObjectCopy parent, ReadOnlySpan<byte> subscription)
    {
        parent.Begin("_meta"u8);
        var meta = new ObjectCopy(parent.Buffer);
        meta.Member(MetaKeys.SubscriptionId, subscription);
        meta.End();
    }
}
