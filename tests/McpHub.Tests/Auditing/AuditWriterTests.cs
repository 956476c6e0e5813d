using McpHub.Auditing;

namespace McpHub.Tests.Auditing;

public sealed class AuditWriterTests : IDisposable
{
    private readonly AuditFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_AreRotatedBySizeAndByDay_InOneChain()
    {
        _folder.Write(10);
        var bySize = _folder.Files.Count;
        _folder.Time.Advance(TimeSpan.FromDays(1));
        _folder.Write(1);

        Assert.InRange(bySize, 3, 10);
        Assert.Equal(bySize + 1, _folder.Files.Count);
        Assert.Equal(["20261121", "20261122"], AuditFileName.In(_folder.Path).Select(n => n.Day).Distinct());
        Assert.Empty(_folder.Verify());
        Assert.All(_folder.Files, file => Assert.Contains("\"event\":\"opened\"", File.ReadLines(file).First(), StringComparison.Ordinal));
    }

    [Fact]
    public void Restart_ContinuesTheChainInTheSameFile()
    {
        _folder.Write(3, int.MaxValue);
        _folder.Write(3, int.MaxValue);

        Assert.Single(_folder.Files);
        Assert.Equal(7, _folder.Lines().Count);
        Assert.Empty(_folder.Verify());
    }

    [Fact]
    public void TornLine_IsSetAside_WhereverItWasCutOff()
    {
        _folder.Write(3, int.MaxValue);
        var file = _folder.Files.Single();
        var bytes = File.ReadAllBytes(file);
        var last = Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 2) + 1;
        for (var cut = last; cut < bytes.Length; cut++)
        {
            File.WriteAllBytes(file, bytes[..cut]);
            File.Delete(file + ".torn");
            File.Delete(_folder.HeadFile);
            using (var writer = _folder.Open())
            {
                Assert.Equal(cut == last ? null : file + ".torn", writer.TornFile);
                Assert.Equal(3, writer.Number);
                writer.Write(AuditFolder.Line("more"), int.MaxValue, flush: true);
            }

            Assert.Empty(_folder.Verify());
            Assert.Equal(4, _folder.Lines().Count);
            Assert.True(cut == last || File.ReadAllBytes(file + ".torn").AsSpan().SequenceEqual((byte[])[.. bytes[last..cut], (byte)'\n']));
        }
    }

    [Fact]
    public void Gateways_WriteAChainEach_WhenTheyShareAFolder()
    {
        using (var one = _folder.Open())
        using (var two = _folder.Open())
        {
            one.Write(AuditFolder.Line("a"), int.MaxValue, flush: false);
            two.Write(AuditFolder.Line("b"), int.MaxValue, flush: false);
            one.Write(AuditFolder.Line("c"), int.MaxValue, flush: false);
        }

        Assert.Equal([1, 2], AuditFileName.In(_folder.Path).Select(n => n.Chain));
        Assert.Empty(_folder.Verify());
        _folder.Write(1);
        Assert.Equal([1, 2], AuditFileName.In(_folder.Path).Select(n => n.Chain).Distinct());
        Assert.Empty(_folder.Verify());
    }

    [Fact]
    public void Start_IsRefusedWithTheReason_WhenTheFolderCannotBeUsed()
    {
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        using var writer = new AuditWriter(Path.Combine(file, "audit"), _folder.Time);

        var message = Assert.Throws<AuditStartException>(writer.Open).Message;

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains("gateway.audit.path", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_IsRefused_WhenTheLastLineIsNoneOfTheAudit()
    {
        _folder.Write(1);
        File.AppendAllText(_folder.Files[^1], "something else\n");

        Assert.Contains("can't be continued", Assert.Throws<AuditStartException>(() => _folder.Open().Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FailedWrite_LeavesNothing_AndIsTriedAgain()
    {
        var disk = new FullDisk();
        using (var writer = new AuditWriter(_folder.Path, _folder.Time, disk.Open))
        {
            writer.Open();
            writer.Write(AuditFolder.Line("before"), int.MaxValue, flush: false);
            disk.BytesLeft = 100;
            Assert.Throws<IOException>(() => writer.Write(AuditFolder.Line("held up"), int.MaxValue, flush: false));
            Assert.Throws<IOException>(() => writer.Write(AuditFolder.Line("held up"), int.MaxValue, flush: false));
            disk.BytesLeft = long.MaxValue;
            writer.Write(AuditFolder.Line("held up"), int.MaxValue, flush: false);
        }

        Assert.Empty(_folder.Verify());
        Assert.Equal(3, _folder.Lines().Count);
        Assert.Single(_folder.Files);
    }
}
