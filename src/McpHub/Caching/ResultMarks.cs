using System.Buffers.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>What a result itself says of being kept (2026-07-28, "Caching"; and the gateway's own mark in <c>_meta</c>).</summary>
/// <param name="IsComplete">Whether it is the last word: no wish for input, no task.</param>
/// <param name="Ttl">For how long it is good; <see langword="null"/> if it doesn't say.</param>
/// <param name="IsPrivate">Whether it is for one caller only.</param>
/// <param name="IsPublic">Whether it says that it is for all.</param>
/// <param name="IsKept">Whether it may be kept at all.</param>
internal readonly record struct ResultMarks(bool IsComplete, TimeSpan? Ttl, bool IsPrivate, bool IsPublic, bool IsKept)
{
    public static ResultMarks Read(ReadOnlySpan<byte> result)
    {
        var marks = new ResultMarks(true, null, false, false, true);
        var members = new JsonMembers(result);
        while (members.MoveNext())
        {
            if (members.NameIs("resultType"u8))
            {
                marks = marks with { IsComplete = JsonText.Is(members.Value, "complete"u8) };
            }
            else if (members.NameIs("ttlMs"u8))
            {
                marks = marks with { Ttl = TtlOf(ref members) };
            }
            else if (members.NameIs("cacheScope"u8))
            {
                var isPublic = JsonText.Is(members.Value, "public"u8);
                marks = marks with { IsPublic = isPublic, IsPrivate = !isPublic };
            }
            else if (members.NameIs("_meta"u8) && JsonMembers.TryGet(members.Value, RequestMetadata.CacheKey, out var mark))
            {
                // Whatever it says: a result that speaks to the cache only ever asks to be left alone.
                marks = marks with { IsKept = mark.SequenceEqual("null"u8) };
            }
        }

        return marks;
    }

    /// <summary>What is no number is not good for any time.</summary>
    private static TimeSpan TtlOf(ref JsonMembers member) =>
        member.Kind == JsonTokenType.Number && Utf8Parser.TryParse(member.Value, out double ms, out var read) && read == member.Value.Length && ms > 0
            ? TimeSpan.FromMilliseconds(Math.Min(ms, CacheRule.MostTtl.TotalMilliseconds))
            : TimeSpan.Zero;
}
