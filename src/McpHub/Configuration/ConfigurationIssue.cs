using System.Globalization;
using System.Text;

namespace McpHub.Configuration;

/// <summary>One thing that is wrong with a configuration file, fit to be shown: it never holds a secret.</summary>
public sealed record ConfigurationIssue
{
    /// <summary>Whether the file is used all the same.</summary>
    public required IssueSeverity Severity { get; init; }

    /// <summary>The place as a JSON path, for example <c>$.mcpServers.github.command</c>.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The bad value, shortened; <c>***</c> where it may be a secret, and with <c>${…}</c> left as written;
    /// <see langword="null"/> where there is none to show.
    /// </summary>
    public string? Value { get; init; }

    /// <summary>What is wrong, as the rest of a sentence that begins with the value.</summary>
    public required string Problem { get; init; }

    /// <summary>What to do about it, in one sentence.</summary>
    public required string Mend { get; init; }

    /// <summary>The line, from 1; <see langword="null"/> where the file could not be read at all.</summary>
    public int? Line { get; init; }

    /// <summary>The column in characters, from 1.</summary>
    public int? Column { get; init; }

    /// <summary>One line for people: severity, place, value, problem and mend.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Severity is IssueSeverity.Error ? "error " : "warning ").Append(Path);
        if (Line is { } line)
        {
            text.Append(CultureInfo.InvariantCulture, $" (line {line}, column {Column})");
        }

        text.Append(": ");
        if (Value is not null)
        {
            text.Append(Value).Append(' ');
        }

        return text.Append(Problem).Append(". ").Append(Mend).ToString();
    }
}
