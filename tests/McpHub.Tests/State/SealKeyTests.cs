using McpHub.Bridging;
using McpHub.Configuration;
using McpHub.State;
using McpHub.Testing;
using Microsoft.Extensions.Logging;

namespace McpHub.Tests.State;

public sealed class SealKeyTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _root = Directory.CreateTempSubdirectory("mcphub-").FullName;
    private readonly CapturedLog _log = new();

    private string State => Path.Combine(_root, "state");

    private string KeyFile => Path.Combine(State, SealKey.FileName);

    [Fact]
    public void Key_IsMadeForItsOwnerAlone_AndOnlyWhenItIsNeeded()
    {
        using var key = Key(State);
        Assert.False(Directory.Exists(State));

        key.Seal.Seal("x"u8, [], Hour);

        Assert.Equal(32, new FileInfo(KeyFile).Length);
        Assert.Equal([KeyFile], Directory.GetFiles(State));
        Assert.Empty(_log.Lines);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State));
        }
    }

    [Fact]
    public void Seal_IsGood_AfterARestart()
    {
        string token;
        using (var first = Key(State))
        {
            token = first.Seal.Seal("x"u8, "b"u8, Hour);
        }

        using var second = Key(State);
        Assert.True(second.Seal.TryOpen(token, "b"u8, out var content));
        Assert.Equal("x"u8.ToArray(), content);
        using var other = Key(Path.Combine(_root, "elsewhere"));
        Assert.False(other.Seal.TryOpen(token, "b"u8, out _));
    }

    [Fact]
    public async Task Key_IsOne_ForGatewaysThatStartAtOnce()
    {
        const int Gateways = 4;
        for (var round = 0; round < 200; round++)
        {
            var folder = Path.Combine(_root, "round" + round);
            var keys = Enumerable.Range(0, Gateways).Select(_ => Key(folder)).ToArray();
            using var together = new Barrier(Gateways);
            var tokens = await Task.WhenAll(keys.Select(key => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return key.Seal.Seal("x"u8, [], Hour);
                },
                TaskCreationOptions.LongRunning)));

            Assert.All(keys, key => Assert.All(tokens, token => Assert.True(key.Seal.TryOpen(token, [], out _))));
            Assert.Equal([Path.Combine(folder, SealKey.FileName)], Directory.GetFiles(folder));
            Array.ForEach(keys, key => key.Dispose());
        }

        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Key_IsOfThisProcess_WhenTheFolderCannotBeMade()
    {
        File.WriteAllText(State, "a file in the place of the folder");

        using var key = Key(State);

        Assert.True(key.Seal.TryOpen(key.Seal.Seal("x"u8, [], Hour), [], out _));
        Assert.Contains("gateway.state.path", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_IsOfThisProcess_AndTheFileStays_WhenItIsNoKey()
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(KeyFile, "something else");

        using var key = Key(State);

        Assert.True(key.Seal.TryOpen(key.Seal.Seal("x"u8, [], Hour), [], out _));
        Assert.Contains("14 bytes", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Equal("something else", File.ReadAllText(KeyFile));
    }

    [Fact]
    public void Key_IsUsed_WithAWarning_WhenOthersCanReadIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        Directory.CreateDirectory(State);
        File.WriteAllBytes(KeyFile, new byte[32]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        using var key = Key(State);
        using var same = new StateSeal(new byte[32], TimeProvider.System);

        Assert.True(same.TryOpen(key.Seal.Seal("x"u8, [], Hour), [], out _));
        Assert.Contains("chmod 600", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private SealKey Key(string folder)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        return new SealKey(
            new HubConfig { Gateway = new GatewayConfig { State = new StateConfig { Path = folder } } }, TimeProvider.System, loggers.CreateLogger<SealKey>());
    }
}
