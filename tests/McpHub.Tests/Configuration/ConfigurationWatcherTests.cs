using System.Threading.Channels;
using McpHub.Configuration;
using McpHub.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Configuration;

public sealed class ConfigurationWatcherTests : IDisposable
{
    private const string One = """{ "mcpServers": { "one": { "command": "x" } } }""";
    private const string Two = """{ "mcpServers": { "two": { "command": "x" } } }""";
    private static readonly ConfigurationWatcherOptions Quick = new() { Debounce = TimeSpan.FromMilliseconds(50), Poll = TimeSpan.FromMinutes(10) };

    // For what is not about notifications: a user has only so many, and others may have them all.
    private static readonly ConfigurationWatcherOptions Polling = Quick with { Poll = TimeSpan.FromSeconds(1) };

    private readonly ConfigurationFolder _folder = new();
    private readonly Channel<ConfigurationResult> _results = Channel.CreateUnbounded<ConfigurationResult>();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watcher_HandsOver_WhenTheFileIsWritten()
    {
        await using var watcher = Watch(_folder.Read(One), Quick);

        _folder.Write("mcphub.json", Two);

        Assert.Equal("two", NameOf(await NextAsync()));
    }

    [Fact]
    public async Task Watcher_HandsOver_WhenAnEditorReplacesTheFileByRenaming()
    {
        await using var watcher = Watch(_folder.Read(One), Quick);

        for (var round = 0; round < 3; round++)
        {
            var next = _folder.Write("mcphub.json.tmp", round % 2 == 0 ? Two : One);
            File.Move(next, Path.Combine(_folder.Root, "mcphub.json"), overwrite: true);
            Assert.Equal(round % 2 == 0 ? "two" : "one", NameOf(await NextAsync()));
        }
    }

    [Fact]
    public async Task Watcher_HandsOver_WhenASymbolicLinkIsSwapped()
    {
        // As Kubernetes mounts a ConfigMap: mcphub.json -> ..data/mcphub.json, ..data -> a folder for each revision.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need a privilege on Windows.");
        _folder.Write("rev1/mcphub.json", One);
        _folder.Write("rev2/mcphub.json", Two);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "..data"), "rev1");
        var path = Path.Combine(_folder.Root, "mcphub.json");
        File.CreateSymbolicLink(path, "..data/mcphub.json");
        await using var watcher = Watch(ConfigurationReader.Read(path), Quick);

        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "..data_tmp"), "rev2");
        // rename(2), which Directory.Move does not do over an existing link.
        using var move = System.Diagnostics.Process.Start(
            "mv", ["-T", Path.Combine(_folder.Root, "..data_tmp"), Path.Combine(_folder.Root, "..data")]);
        await move.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("two", NameOf(await NextAsync()));
    }

    [Fact]
    public async Task Watcher_HandsOver_WhenAnIncludedFileChanges()
    {
        _folder.Write("command.txt", "first");
        await using var watcher = Watch(_folder.Read("""{ "mcpServers": { "s": { "command": "${file:command.txt}" } } }"""), Polling);

        _folder.Write("command.txt", "second");

        var result = await NextAsync();
        Assert.Equal("second", ((StdioTransportConfig)result.Config!.Upstreams[0].Transport).Command);
    }

    [Fact]
    public async Task Watcher_HandsOverTheErrors_WhenTheFileIsBroken()
    {
        await using var watcher = Watch(_folder.Read(One), Polling);

        _folder.Write("mcphub.json", "{ oops");
        Assert.True((await NextAsync()).HasErrors);

        File.Delete(Path.Combine(_folder.Root, "mcphub.json"));
        Assert.Contains("does not exist", (await NextAsync()).Issues[0].Problem, StringComparison.Ordinal);

        _folder.Write("mcphub.json", One);
        Assert.Equal("one", NameOf(await NextAsync()));
    }

    [Fact]
    public async Task Watcher_Polls_WhenNothingNotifies()
    {
        var clock = new FakeTimeProvider();
        var options = new ConfigurationWatcherOptions { Notifications = false };
        await using var watcher = Watch(_folder.Read(One), options, clock);
        var cancellation = TestContext.Current.CancellationToken;

        // Same content, new time stamp: two polls, no result.
        _folder.Write("mcphub.json", One);
        await clock.AdvanceWhenAwaitedAsync(options.Poll, cancellation);
        await clock.AdvanceWhenAwaitedAsync(options.Poll, cancellation);
        Assert.False(_results.Reader.TryRead(out _));

        _folder.Write("mcphub.json", Two);
        Assert.Equal("two", NameOf(await NextAsync(clock)));
    }

    [Fact]
    public async Task Watcher_HandsOverAtOnce_WhenTheFileChangedBeforeItStarted()
    {
        var read = _folder.Read(One);
        _folder.Write("mcphub.json", Two);
        var clock = new FakeTimeProvider();
        await using var watcher = Watch(read, new ConfigurationWatcherOptions { Notifications = false }, clock);

        Assert.Equal("two", NameOf(await NextAsync(clock)));
    }

    [Fact]
    public async Task Watcher_GoesOn_WhenTheCallbackThrows()
    {
        var log = new CountingLogger();
        var calls = 0;
        await using var watcher = new ConfigurationWatcher(
            _folder.Read(One),
            (result, cancellation) => Interlocked.Increment(ref calls) == 1
                ? throw new InvalidOperationException("the first time")
                : _results.Writer.WriteAsync(result, cancellation).AsTask(),
            log,
            _folder.Environment,
            Polling);

        _folder.Write("mcphub.json", Two);
        await log.ErrorLogged.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        _folder.Write("mcphub.json", One);

        Assert.Equal("one", NameOf(await NextAsync()));
    }

    [Fact]
    public async Task Watcher_Starts_WhenTheFolderIsNotThere()
    {
        var clock = new FakeTimeProvider();
        var path = Path.Combine(_folder.Root, "later", "mcphub.json");
        await using var watcher = Watch(ConfigurationReader.Read(path), new ConfigurationWatcherOptions(), clock);

        _folder.Write("later/mcphub.json", One);

        Assert.Equal("one", NameOf(await NextAsync(clock)));
    }

    [Fact]
    public async Task Watcher_CancelsTheCallback_WhenItIsDisposed()
    {
        var entered = new TaskCompletionSource();
        var watcher = new ConfigurationWatcher(
            _folder.Read(One),
            async (_, cancellation) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
            NullLogger.Instance,
            _folder.Environment,
            Polling);
        _folder.Write("mcphub.json", Two);
        await entered.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

        await watcher.DisposeAsync().AsTask().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        await watcher.DisposeAsync();
    }

    private static string NameOf(ConfigurationResult result) => Assert.Single(result.Config!.Upstreams).Name;

    private ConfigurationWatcher Watch(ConfigurationResult current, ConfigurationWatcherOptions options, TimeProvider? time = null) =>
        new(current, (result, cancellation) => _results.Writer.WriteAsync(result, cancellation).AsTask(), NullLogger.Instance, _folder.Environment, options, time);

    private async Task<ConfigurationResult> NextAsync() =>
        await _results.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

    /// <summary>Lets polls come due until there is a result.</summary>
    private async Task<ConfigurationResult> NextAsync(FakeTimeProvider clock)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Limit);
        ConfigurationResult? result;
        while (!_results.Reader.TryRead(out result))
        {
            await clock.AdvanceWhenAwaitedAsync(TimeSpan.FromSeconds(10), limit.Token);
        }

        return result;
    }

    private sealed class CountingLogger : ILogger
    {
        public TaskCompletionSource ErrorLogged { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is LogLevel.Error)
            {
                ErrorLogged.TrySetResult();
            }
        }
    }
}
