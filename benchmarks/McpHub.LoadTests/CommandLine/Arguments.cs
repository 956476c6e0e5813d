using System.Globalization;

namespace McpHub.LoadTests.CommandLine;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    private Arguments()
    {
    }

    public static Arguments Parse(ReadOnlySpan<string> arguments, params ReadOnlySpan<string> known)
    {
        var parsed = new Arguments();
        for (var index = 0; index < arguments.Length; index += 2)
        {
            var name = arguments[index];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !known.Contains(name[2..]))
                throw new UsageException($"'{name}' is not an option here; there are --{string.Join(", --", known!)}.");
            if (index + 1 == arguments.Length)
                throw new UsageException($"{name} needs a value.");
            parsed._values[name[2..]] = arguments[index + 1];
        }

        return parsed;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Number(string name, int otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"--{name} is '{text}', which is not a whole number.");
    }

    /// <summary>A duration in seconds.</summary>
    public TimeSpan Seconds(string name, double otherwise)
    {
        if (Text(name) is not { } text)
            return TimeSpan.FromSeconds(otherwise);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"--{name} is '{text}', which is not a number of seconds up to 3600.");
    }

    public TEnum Choice<TEnum>(string name, TEnum otherwise)
        where TEnum : struct, Enum
        => Text(name) is { } text ? ChoiceOf<TEnum>(name, text) : otherwise;

    public IReadOnlyList<TEnum> Choices<TEnum>(string name, params TEnum[] otherwise)
        where TEnum : struct, Enum
        => Text(name) is { } text ? [.. text.Split(',').Select(part => ChoiceOf<TEnum>(name, part))] : otherwise;

    public IReadOnlyList<string> List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static TEnum ChoiceOf<TEnum>(string name, string text)
        where TEnum : struct, Enum
        => Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw new UsageException($"--{name} is '{text}'; it can be {string.Join(", ", Enum.GetNames<TEnum>()).ToLowerInvariant()}.");
}
