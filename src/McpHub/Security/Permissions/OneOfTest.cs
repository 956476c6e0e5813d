using System.Text;
using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>Whether a value is one of some strings, numbers, booleans and null. Numbers are compared by value, strings by their characters.</summary>
internal sealed class OneOfTest : ValueTest
{
    private readonly HashSet<string> _texts = [];
    private readonly List<byte[]> _numbers = [];
    private readonly List<byte[]> _words = [];

    /// <param name="values">The values as JSON.</param>
    public OneOfTest(IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            var json = Encoding.UTF8.GetBytes(value);
            switch (json[0])
            {
                case (byte)'"':
                    _texts.Add(JsonText.Decode(json) ?? throw new ArgumentException($"{value} is no JSON string.", nameof(values)));
                    break;
                case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                    _numbers.Add(json);
                    break;
                default:
                    _words.Add(json);
                    break;
            }
        }
    }

    public override FoundValues Test(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'"' => JsonText.Decode(json) is not { } text ? FoundValues.Unknown : Found(_texts.Contains(text)),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Found(HasNumber(json)),
        (byte)'{' or (byte)'[' => FoundValues.Fails,
        _ => Found(HasWord(json)),
    };

    private bool HasNumber(ReadOnlySpan<byte> json)
    {
        foreach (var number in _numbers)
        {
            if (JsonDecimal.Compare(number, json) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasWord(ReadOnlySpan<byte> json)
    {
        foreach (var word in _words)
        {
            if (json.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    private static FoundValues Found(bool passes) => passes ? FoundValues.Passes : FoundValues.Fails;
}
