using System.Text;
using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>Whether a value is a number in a range, its ends included.</summary>
/// <param name="min">The least, as JSON; <see langword="null"/> for no end.</param>
/// <param name="max">The greatest, likewise.</param>
internal sealed class RangeTest(string? min, string? max) : ValueTest
{
    private readonly byte[]? _min = min is null ? null : Encoding.UTF8.GetBytes(min);
    private readonly byte[]? _max = max is null ? null : Encoding.UTF8.GetBytes(max);

    public override FoundValues Test(ReadOnlySpan<byte> json) =>
        json[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9')
        && (_min is null || JsonDecimal.Compare(json, _min) >= 0)
        && (_max is null || JsonDecimal.Compare(json, _max) <= 0)
            ? FoundValues.Passes
            : FoundValues.Fails;
}
