using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The variables of an <c>envFile</c>.</summary>
internal static class EnvironmentFileReader
{
    public static IReadOnlyDictionary<string, string> Read(SectionReader section, string key)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (section.Text(key, TextRules.NotEmpty) is not { } path)
        {
            return variables;
        }

        if (section.Context.Files.ReadText(path, out var reason) is not { } content)
        {
            Report(section, key, new Problem(reason!, "Give a readable file; a relative path starts at the folder of the configuration."));
            return variables;
        }

        var number = 0;
        foreach (var line in content.Split('\n'))
        {
            number++;
            if (!EnvironmentFileLine.TryParse(line, out var name, out var value))
            {
                // The line itself is not shown: it may well be half of a secret.
                Report(section, key, new Problem(
                    $"is not made of NAME=VALUE in line {number}",
                    "Write NAME=VALUE, or begin the line with #."));
            }
            else if (name is not null)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    /// <summary>A disabled server does not need its file.</summary>
    private static void Report(SectionReader section, string key, Problem problem)
    {
        if (section.Context.IsDisabledServer)
        {
            section.Warn(key, problem);
        }
        else
        {
            section.Error(key, problem);
        }
    }
}
