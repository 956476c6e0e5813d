using System.Text;
using McpHub.Auditing;

namespace McpHub.Tests.Auditing;

/// <summary>Whatever is done to the files behind the gateway's back, it shows.</summary>
public sealed class AuditTamperTests : IDisposable
{
    private static readonly Dictionary<string, (Action<AuditFolder> Tamper, string Fragment)> Cases = new()
    {
        ["changed character"] = (f => EditText(f, 1, text => Replace(text, "\"tool\":\"", "\"tool\":\"x")), "was changed"),
        ["changed letter case in a hash"] = (f => EditLines(f, 1, lines => lines[2] = lines[2][..^66] + lines[2][^66..].ToUpperInvariant()), "was changed"),
        ["changed number"] = (f => EditText(f, 1, text => Replace(text, "\"seq\":8", "\"seq\":80")), "missing"),
        ["removed line"] = (f => EditLines(f, 1, lines => lines.RemoveAt(1)), "missing before it"),
        ["removed lines"] = (f => EditLines(f, 1, lines => lines.RemoveRange(1, 3)), "are missing before it"),
        ["removed first line"] = (f => EditLines(f, 0, lines => lines.RemoveAt(0)), "line 1 is missing before it"),
        ["swapped lines"] = (f => EditLines(f, 1, lines => (lines[1], lines[2]) = (lines[2], lines[1])), "was moved or repeated"),
        ["repeated line"] = (f => EditLines(f, 1, lines => lines.Insert(2, lines[1])), "was moved or repeated"),
        ["foreign line"] = (f => EditLines(f, 1, lines => lines.Insert(2, "{\"tool\":\"x\"}")), "is no line of the audit"),
        ["empty line"] = (f => EditLines(f, 1, lines => lines.Insert(2, "")), "is no line of the audit"),
        ["line breaks of another system"] = (f => EditText(f, 1, text => Replace(text, "\n", "\r\n")), "is no line of the audit"),
        ["last line removed"] = (f => EditLines(f, ^1, lines => lines.RemoveAt(lines.Count - 1)), "missing at the end"),
        ["last line cut off"] = (f => EditText(f, ^1, text => text[..^20]), "is cut off"),
        ["last line break removed"] = (f => EditText(f, ^1, text => text[..^1]), "is cut off"),
        ["file in the middle removed"] = (f => File.Delete(f.Files[1]), "missing before it"),
        ["first file removed"] = (f => File.Delete(f.Files[0]), "missing before it"),
        ["last file removed"] = (f => File.Delete(f.Files[^1]), "missing at the end"),
        ["all files removed"] = (f => f.Files.ToList().ForEach(File.Delete), "missing at the end"),
        ["files exchanged"] = (Exchange, "missing before it"),
        ["head removed"] = (f => File.Delete(f.HeadFile), "is missing or unreadable"),
        ["head emptied"] = (f => File.WriteAllText(f.HeadFile, ""), "is missing or unreadable"),
        ["whole chain written anew"] = (WriteAnew, "has another hash"),
    };

    private readonly AuditFolder _folder = new();

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Tampering_Shows(string name)
    {
        _folder.Write(20);
        Assert.Empty(_folder.Verify());

        Cases[name].Tamper(_folder);

        Assert.Contains(_folder.Verify(), p => p.ToString().Contains(Cases[name].Fragment, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryByte_Counts()
    {
        _folder.Write(3, fileSize: int.MaxValue);
        var file = _folder.Files.Single();
        var bytes = File.ReadAllBytes(file);

        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            File.WriteAllBytes(file, changed);
            Assert.True(_folder.Verify().Count > 0, $"byte {i}");
        }
    }

    [Fact]
    public void EveryCutEnd_Shows()
    {
        _folder.Write(3, fileSize: int.MaxValue);
        var file = _folder.Files.Single();
        var bytes = File.ReadAllBytes(file);

        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.True(_folder.Verify().Count > 0, $"{length} bytes");
        }
    }

    [Fact]
    public void FirstFiles_MayBeElsewhere_IfThatIsSaid()
    {
        _folder.Write(20);
        File.Delete(_folder.Files[0]);
        File.Delete(_folder.Files[0]);

        Assert.NotEmpty(_folder.Verify());
        Assert.Empty(_folder.Verify(isPartial: true));

        EditText(_folder, 0, text => Replace(text, "\"tool\":\"", "\"tool\":\"x"));
        Assert.NotEmpty(_folder.Verify(isPartial: true));
    }

    [Fact]
    public void EndThatWasRemovedWhileTheGatewayWasDown_ShowsForEver()
    {
        _folder.Write(5);
        EditLines(_folder, ^1, lines => lines.RemoveAt(lines.Count - 1));

        using (var writer = _folder.Open())
        {
            Assert.NotNull(writer.Missing);
            writer.Write("{\"time\":\"2026-11-21T00:00:00.0000000Z\",\"event\":\"truncated\"\n"u8, int.MaxValue, flush: false);
            writer.Write(AuditFolder.Line("more"), int.MaxValue, flush: false);
        }

        Assert.Contains("missing when the gateway was started", Assert.Single(_folder.Verify()).What, StringComparison.Ordinal);
    }

    private static string Replace(string text, string old, string @new)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, @new, StringComparison.Ordinal);
    }

    private static void EditText(AuditFolder folder, Index file, Func<string, string> edit)
    {
        var path = folder.Files[file.GetOffset(folder.Files.Count)];
        File.WriteAllText(path, edit(File.ReadAllText(path)));
    }

    private static void EditLines(AuditFolder folder, Index file, Action<List<string>> edit) => EditText(folder, file, text =>
    {
        var lines = text.Split('\n').ToList();
        lines.RemoveAt(lines.Count - 1);
        edit(lines);
        return string.Concat(lines.Select(line => line + "\n"));
    });

    private static void Exchange(AuditFolder folder)
    {
        var (one, two) = (File.ReadAllText(folder.Files[1]), File.ReadAllText(folder.Files[2]));
        File.WriteAllText(folder.Files[1], two);
        File.WriteAllText(folder.Files[2], one);
    }

    /// <summary>What somebody could do who knows how the hashes are made.</summary>
    private static void WriteAnew(AuditFolder folder)
    {
        var previous = AuditHash.Origin;
        foreach (var file in folder.Files)
        {
            var text = new StringBuilder();
            foreach (var line in File.ReadAllLines(file))
            {
                var content = line[..^AuditHash.EndLength].Replace("\"tool\":\"7\"", "\"tool\":\"other\"", StringComparison.Ordinal);
                AuditHash.Compute(previous, Encoding.UTF8.GetBytes(content), previous);
                text.Append(content).Append(",\"hash\":\"").Append(Convert.ToHexStringLower(previous)).Append("\"}\n");
            }

            File.WriteAllText(file, text.ToString());
        }
    }
}
