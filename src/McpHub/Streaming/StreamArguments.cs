using System.Globalization;
using McpHub.Protocol;

namespace McpHub.Streaming;

/// <summary>Reads the arguments of a stream tool, and keeps the first thing that is wrong with them.</summary>
internal ref struct StreamArguments(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>What is wrong; <see langword="null"/> if nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>A text that has to be there.</summary>
    public string Text(string name)
    {
        if (!TryGet(name, out var value))
        {
            Fault ??= $"'{name}' is missing.";
            return "";
        }

        if (JsonText.Decode(value) is { } text)
        {
            return text;
        }

        Fault ??= $"'{name}' has to be a string.";
        return "";
    }

    /// <summary>A whole number, if it is there.</summary>
    public long? Integer(string name, long min, long max)
    {
        if (!TryGet(name, out var value) || value.SequenceEqual("null"u8))
        {
            return null;
        }

        if (JsonNumber.TryParse(value, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Fault ??= string.Create(CultureInfo.InvariantCulture, $"'{name}' has to be a whole number from {min} to {max}.");
        return null;
    }

    /// <summary>An object as JSON; the empty one if it is not there.</summary>
    public byte[] Object(string name)
    {
        if (!TryGet(name, out var value))
        {
            return "{}"u8.ToArray();
        }

        if (value[0] != (byte)'{')
        {
            Fault ??= $"'{name}' has to be an object.";
        }

        return value.ToArray();
    }

    private readonly bool TryGet(string name, out ReadOnlySpan<byte> value) =>
        JsonMembers.TryGet(_json, System.Text.Encoding.ASCII.GetBytes(name), out value);
}
