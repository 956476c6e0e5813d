using System.Text;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Server.Output;

namespace McpHub.Server.CommandLine;

/// <summary>A composition's file, read and told of.</summary>
/// <param name="Plan">What is in it; <see langword="null"/> if that is wrong.</param>
/// <param name="Utf8">Its bytes; <see langword="null"/> if it can't be read.</param>
/// <param name="Issues">What is wrong.</param>
internal sealed record DefinitionFile(CompositionPlan? Plan, byte[]? Utf8, IReadOnlyList<ConfigurationIssue> Issues)
{
    public static async Task<DefinitionFile> ReadAsync(string path)
    {
        byte[] utf8;
        try
        {
            utf8 = path == "-" ? Encoding.UTF8.GetBytes(await Console.In.ReadToEndAsync()) : await File.ReadAllBytesAsync(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"mcphub: the file {Printable.Line(path)} can't be read: {Printable.Line(e.Message)}");
            return new DefinitionFile(null, null, []);
        }

        var plan = CompositionReader.Parse(utf8, out var issues);
        return new DefinitionFile(plan, utf8, issues);
    }

    /// <summary>Tells what is wrong, one line each.</summary>
    public static void Tell(IEnumerable<ConfigurationIssue> issues)
    {
        foreach (var issue in issues)
        {
            Console.Error.WriteLine(Printable.Line(issue.ToString()));
        }
    }
}
