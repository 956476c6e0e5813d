using System.Text.Json;
using McpHub.Auditing;

namespace McpHub.FunctionalTests.Auditing;

/// <summary>A folder for the audit of one test, and what was recorded there.</summary>
internal sealed class AuditRecords : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mcphub-audit-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public IReadOnlyList<JsonElement> All() => [.. Lines().Select(line => JsonElement.Parse(line))];

    public IReadOnlyList<JsonElement> Of(string name) => [.. All().Where(r => Text(r, "event") == name)];

    /// <summary>The records of calls of a tool, or of requests with a method.</summary>
    public IReadOnlyList<JsonElement> OfTarget(string target) =>
        [.. All().Where(r => Text(r, "tool") == target || Text(r, "target") == target || Text(r, "method") == target)];

    public static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetString() : null;

    public IReadOnlyList<AuditProblem> Problems() => [.. AuditVerifier.Verify(Folder, isPartial: false).SelectMany(c => c.Problems)];

    /// <summary>Whole lines, also while a gateway writes.</summary>
    public IReadOnlyList<string> Lines() =>
    [
        .. AuditFileName.In(Folder).SelectMany(name =>
        {
            using var reader = new StreamReader(new FileStream(Path.Combine(Folder, name.ToString()), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var text = reader.ReadToEnd();
            return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }),
    ];
}
