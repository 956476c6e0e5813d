using System.Text;
using McpHub.Auditing;
using McpHub.Testing;

namespace McpHub.Tests.Auditing;

/// <summary>A folder with the audit of one test.</summary>
internal sealed class AuditFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mcphub-audit-").FullName;

    public FakeTimeProvider Time { get; } = new();

    public IReadOnlyList<string> Files => [.. AuditFileName.In(Path).Select(name => System.IO.Path.Combine(Path, name.ToString()))];

    public string HeadFile => System.IO.Path.Combine(Path, AuditFileName.HeadOf(1));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public AuditWriter Open()
    {
        var writer = new AuditWriter(Path, Time);
        writer.Open();
        return writer;
    }

    /// <summary>Writes lines, five to a file.</summary>
    public void Write(int count, int fileSize = 1024)
    {
        using var writer = Open();
        for (var i = 0; i < count; i++)
        {
            writer.Write(Line($"{i}"), fileSize, flush: false);
        }
    }

    public static byte[] Line(string text) => Encoding.UTF8.GetBytes($$"""{"time":"2026-11-21T00:00:00.0000000Z","event":"request","tool":"{{text}}","padding":"{{new string('x', 60)}}"{{"\n"}}""");

    public IReadOnlyList<AuditProblem> Verify(bool isPartial = false) => [.. AuditVerifier.Verify(Path, isPartial).SelectMany(c => c.Problems)];

    public IReadOnlyList<string> Lines() => [.. Files.SelectMany(File.ReadAllLines)];
}
