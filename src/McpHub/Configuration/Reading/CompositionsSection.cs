using System.Globalization;
using System.Text;
using System.Text.Json;
using McpHub.Composition.Definitions;

namespace McpHub.Configuration.Reading;

/// <summary>The compositions of <c>gateway.compositions</c> and of the files in <c>gateway.compositionsFolder</c>.</summary>
internal static class CompositionsSection
{
    /// <param name="gateway">The section that both stand in.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>The definitions as JSON, by the names of their tools, in the order of the file and then of the files' names.</returns>
    public static IReadOnlyDictionary<string, string> Read(SectionReader gateway, out string? folder)
    {
        var found = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (gateway.Section("compositions") is { } section)
        {
            foreach (var member in section.Node.Members)
            {
                CompositionReader.Read(member.Node, member.Name, section.Context.Issues);
                found[member.Name] = ConfigJson.Of(member.Node);
            }
        }

        folder = gateway.Text("compositionsFolder", Rules.TextRules.NotEmpty);
        if (folder is not null)
        {
            ReadFolder(gateway, folder, found);
        }

        return found;
    }

    private static void ReadFolder(SectionReader gateway, string folder, OrderedDictionary<string, string> found)
    {
        var files = gateway.Context.Files;
        if (files.ListFolder(folder, ".json", out var reason) is not { } names)
        {
            gateway.Error("compositionsFolder", new Problem(reason!, "Give the path of a folder with one definition in each *.json."));
            return;
        }

        foreach (var name in names)
        {
            if (files.ReadText(Path.Combine(folder, name), out var unread) is not { } text)
            {
                gateway.Error("compositionsFolder", new Problem($"has a file {VisibleText.Of(name)} that {unread}", "Make it readable, or remove it."));
                continue;
            }

            var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes(text), out var issues);
            foreach (var issue in issues)
            {
                Tell(gateway, name, issue);
            }

            if (plan is not null && !found.TryAdd(plan.Definition.Name, ConfigJson.Of(plan.Definition.Node)))
            {
                gateway.Error("compositionsFolder", new Problem($"has a composition '{plan.Definition.Name}' in {VisibleText.Of(name)}, which is there already", "Give it another name."));
            }
        }
    }

    private static void Tell(SectionReader gateway, string file, ConfigurationIssue issue)
    {
        var place = issue.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $" (line {line}, column {issue.Column})") : "";
        var value = issue.Value is null ? "" : issue.Value + " ";
        var problem = new Problem($"has a mistake in {VisibleText.Of(file)}, {issue.Path}{place}: {value}{issue.Problem}", issue.Mend);
        if (issue.Severity == IssueSeverity.Error)
        {
            gateway.Error("compositionsFolder", problem);
        }
        else
        {
            gateway.Warn("compositionsFolder", problem);
        }
    }
}
