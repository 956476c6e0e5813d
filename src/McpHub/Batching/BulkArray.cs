using McpHub.Protocol;
using McpHub.Security.Permissions;

namespace McpHub.Batching;

/// <summary>Takes the array that a pointer leads to. Of a name that is there twice nobody knows which is meant: then there is none.</summary>
internal sealed class BulkArray : ValueTest
{
    private bool _isFound;

    public IReadOnlyList<BulkPart>? Items { get; private set; }

    public override FoundValues Test(ReadOnlySpan<byte> json)
    {
        Items = null;
        if (!_isFound && json[0] == '[')
        {
            var parts = new List<BulkPart>();
            var items = new JsonItems(json);
            while (items.MoveNext())
            {
                parts.Add(BulkPart.Of(items.Value));
            }

            Items = parts;
        }

        _isFound = true;
        return FoundValues.None;
    }
}
