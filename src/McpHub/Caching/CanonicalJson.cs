using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Caching;

/// <summary>
/// Writes a JSON value so that two values give the same bytes exactly when they mean the same: the order of members, the form of
/// numbers, escapes and white space don't matter. Each piece says its kind and its length, so that no two values run into each other.
/// </summary>
/// <remarks>
/// What readers disagree on is kept apart, because a wrong hit is worse than a miss: members with the same name stay in their order, and
/// <c>-0</c> is not <c>0</c>.
/// </remarks>
internal static class CanonicalJson
{
    private const byte Object = (byte)'O';
    private const byte Array = (byte)'A';
    private const byte End = (byte)'E';
    private const byte Text = (byte)'S';
    private const byte Number = (byte)'N';

    // More members than this are rare, and sorted in another way.
    private const int FewMembers = 16;

    /// <param name="json">One whole JSON value, which has been read before.</param>
    /// <returns>Whether it could be written: text that is no Unicode can't.</returns>
    public static bool TryWrite(KeyBuffer buffer, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        try
        {
            reader.Read();
            WriteValue(buffer, ref reader);
            return true;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, escaped: JSON, but no text.
            return false;
        }
    }

    private static void WriteValue(KeyBuffer buffer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(buffer, ref reader);
                break;
            case JsonTokenType.StartArray:
                buffer.Write(Array);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    WriteValue(buffer, ref reader);
                }

                buffer.Write(End);
                break;
            case JsonTokenType.String:
                WriteText(buffer, ref reader);
                break;
            case JsonTokenType.Number:
                buffer.Write(Number);
                CanonicalNumber.Write(buffer, reader.ValueSpan);
                break;
            default:
                // true, false or null, by its first letter.
                buffer.Write(reader.ValueSpan[0]);
                break;
        }
    }

    private static void WriteText(KeyBuffer buffer, ref Utf8JsonReader reader)
    {
        buffer.Write(Text);
        if (!reader.ValueIsEscaped)
        {
            buffer.WriteSized(reader.ValueSpan);
            return;
        }

        var at = buffer.Length;
        buffer.Write(0);
        var length = reader.CopyString(buffer.GetSpan(reader.ValueSpan.Length));
        buffer.Advance(length);
        buffer.Patch(at, length);
    }

    private static void WriteObject(KeyBuffer buffer, ref Utf8JsonReader reader)
    {
        buffer.Write(Object);
        var few = default(Members);
        var members = new MemberList(few);
        var isSorted = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = buffer.Length;
            WriteText(buffer, ref reader);
            var member = new Member(start, buffer.Length - start, members.Count);
            reader.Read();
            WriteValue(buffer, ref reader);
            isSorted = members.Count == 0 || (isSorted && Compare(buffer, members.Last, member) <= 0);
            members.Add(member with { Length = buffer.Length - start });
        }

        if (!isSorted)
        {
            Sort(buffer, members.Span);
        }

        members.Return();
        buffer.Write(End);
    }

    private static void Sort(KeyBuffer buffer, Span<Member> members)
    {
        var start = members[0].Start;
        var length = buffer.Length - start;
        if (members.Length <= FewMembers)
        {
            for (var i = 1; i < members.Length; i++)
            {
                var member = members[i];
                var at = i;
                for (; at > 0 && Compare(buffer, members[at - 1], member) > 0; at--)
                {
                    members[at] = members[at - 1];
                }

                members[at] = member;
            }
        }
        else
        {
            SortMany(buffer, members);
        }

        var copy = ArrayPool<byte>.Shared.Rent(length);
        buffer.Written(start, length).CopyTo(copy);
        var target = buffer.Written(start, length);
        foreach (var member in members)
        {
            copy.AsSpan(member.Start - start, member.Length).CopyTo(target);
            target = target[member.Length..];
        }

        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>By itself, because the comparison is an object, and few members need none.</summary>
    private static void SortMany(KeyBuffer buffer, Span<Member> members) => members.Sort((a, b) => Compare(buffer, a, b));

    /// <summary>By name, and where that is the same by the order in the message.</summary>
    private static int Compare(KeyBuffer buffer, Member a, Member b)
    {
        var order = buffer.Written(a.Start, a.NameLength).SequenceCompareTo(buffer.Written(b.Start, b.NameLength));
        return order != 0 ? order : a.Index.CompareTo(b.Index);
    }

    /// <summary>Where a member lies in the buffer: its name, and with it all of it.</summary>
    private readonly record struct Member(int Start, int NameLength, int Index)
    {
        public int Length { get; init; }
    }

    [InlineArray(FewMembers)]
    private struct Members
    {
        private Member _first;
    }

    /// <summary>The members of one object, on the stack as long as they are few.</summary>
    private ref struct MemberList(Members few)
    {
        private Members _few = few;
        private Member[]? _many;

        public int Count { get; private set; }

        public Member Last { get; private set; }

        [UnscopedRef]
        public Span<Member> Span => _many is null ? ((Span<Member>)_few)[..Count] : _many.AsSpan(0, Count);

        public void Add(Member member)
        {
            if (Count >= FewMembers && (_many is null || Count == _many.Length))
            {
                var larger = ArrayPool<Member>.Shared.Rent(Count * 2);
                Span.CopyTo(larger);
                Return();
                _many = larger;
            }

            if (_many is null)
            {
                _few[Count] = member;
            }
            else
            {
                _many[Count] = member;
            }

            Count++;
            Last = member;
        }

        public readonly void Return()
        {
            if (_many is not null)
            {
                ArrayPool<Member>.Shared.Return(_many);
            }
        }
    }
}
