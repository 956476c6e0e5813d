using System.Text;
using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Batching;

/// <summary>How calls of one tool become one call of another, and its answer theirs. Immutable.</summary>
internal sealed class BulkForm
{
    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly JsonPointer _result;
    private readonly string _resultPath;

    /// <param name="tool">The bulk tool, by its name at the server.</param>
    /// <param name="itemsPath">A JSON pointer to where the array of the calls' arguments goes in its arguments.</param>
    /// <param name="resultPath">A JSON pointer to where the array of results lies in its structured content.</param>
    /// <param name="most">The most calls that become one.</param>
    public BulkForm(string tool, string itemsPath, string resultPath, int most)
    {
        Tool = tool;
        Most = most;
        _resultPath = resultPath;
        if (!JsonPointer.TryParse(itemsPath, out var items) || !JsonPointer.TryParse(resultPath, out _result))
        {
            throw new ArgumentException("The paths are no JSON pointers.");
        }

        _before = Encoding.UTF8.GetBytes(string.Concat(items.Names.Select(name => $"{{{Encoding.UTF8.GetString(JsonText.Encode(name))}:")));
        _after = Encoding.UTF8.GetBytes(new string('}', items.Names.Count));
    }

    public string Tool { get; }

    public int Most { get; }

    /// <summary>The bulk tool as a server lists it, which need not show it to anybody; <see langword="null"/> if it doesn't.</summary>
    public Definition? DefinitionAt(ICatalogSource source) => source.Offer?.Tools.FirstOrDefault(t => t.Key == Tool);

    /// <summary>Writes the arguments of the one call.</summary>
    public byte[] WriteArguments(IEnumerable<ReadOnlyMemory<byte>> calls)
    {
        using var buffer = Utf8Buffer.Rent();
        buffer.Write(_before);
        var separator = (byte)'[';
        foreach (var call in calls)
        {
            buffer.Write(separator);
            buffer.Write(call.Span);
            separator = (byte)',';
        }

        buffer.Write((byte)']');
        buffer.Write(_after);
        return buffer.Span.ToArray();
    }

    /// <summary>Takes the answer apart: for each call its result, in the form of revision 2025-11-25.</summary>
    /// <param name="result">The result of the one call.</param>
    /// <param name="count">How many calls it was made for.</param>
    /// <param name="problem">Why the answer is none of theirs.</param>
    /// <returns><see langword="null"/> if it can't be taken apart.</returns>
    public IReadOnlyList<BulkPart>? TakeApart(ReadOnlySpan<byte> result, int count, out string problem)
    {
        var found = new BulkArray();
        if (JsonMembers.TryGet(result, "structuredContent"u8, out var structured))
        {
            _result.Find(structured, found);
        }
        else if (TextOf(result) is { } text && BulkPart.IsJson(text))
        {
            _result.Find(text, found);
        }

        if (found.Items is not { } items)
        {
            problem = $"the answer of '{Tool}' has no array at '{_resultPath}'";
            return null;
        }

        if (items.Count != count)
        {
            problem = $"the answer of '{Tool}' has {items.Count} results for {count} calls";
            return null;
        }

        problem = "";
        return items;
    }

    /// <summary>The text of the first piece of content, as JSON's bytes.</summary>
    private static byte[]? TextOf(ReadOnlySpan<byte> result)
    {
        if (!JsonMembers.TryGet(result, "content"u8, out var content))
        {
            return null;
        }

        var items = new JsonItems(content);
        return items.MoveNext() && JsonMembers.TryGet(items.Value, "text"u8, out var text) && JsonText.Decode(text) is { } decoded ? Encoding.UTF8.GetBytes(decoded) : null;
    }
}
