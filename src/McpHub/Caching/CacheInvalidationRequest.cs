using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// What a program of this machine wants to be forgotten: <c>{"tags": […], "tools": […], "all": true}</c>, each of which may be left out.
/// In tags and names, <c>*</c> stands for any text.
/// </summary>
internal static class CacheInvalidationRequest
{
    private const int Most = 1000;

    /// <param name="json">The body.</param>
    /// <param name="change">What it says.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? TryRead(ReadOnlySpan<byte> json, out CacheChange change)
    {
        change = new CacheChange { Reason = "request" };
        var members = new JsonMembers(json);
        if (!members.IsObject)
        {
            return "The body is not a JSON object; write for example {\"tags\": [\"agent:1\"]}.";
        }

        while (members.MoveNext())
        {
            if (members.NameIs("all"u8) && members.Kind is System.Text.Json.JsonTokenType.True or System.Text.Json.JsonTokenType.False)
            {
                change = change with { IsEverything = members.Kind is System.Text.Json.JsonTokenType.True };
            }
            else if (members.NameIs("tags"u8) && TextsOf(members.Value) is { } tags)
            {
                change = change with { Tags = TagSet.OfPatterns(tags) };
            }
            else if (members.NameIs("tools"u8) && TextsOf(members.Value) is { } tools)
            {
                change = change with { Names = tools };
            }
            else
            {
                return $"{LogText.Clean(JsonText.Decode(members.Name) ?? "A member")} is not known or has the wrong type; "
                    + $"write \"tags\" or \"tools\", arrays of up to {Most} strings, or \"all\": true.";
            }
        }

        return change.IsEverything || !change.Tags.IsEmpty || change.Names.Count > 0
            ? null
            : "The body names nothing; write \"tags\", \"tools\" or \"all\": true.";
    }

    private static List<string>? TextsOf(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'[')
        {
            return null;
        }

        var texts = new List<string>();
        var items = new JsonItems(json);
        while (items.MoveNext())
        {
            if (texts.Count == Most || JsonText.Decode(items.Value) is not { Length: > 0 } text)
            {
                return null;
            }

            texts.Add(text);
        }

        return texts;
    }
}
