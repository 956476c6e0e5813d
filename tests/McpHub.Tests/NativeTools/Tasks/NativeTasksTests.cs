using System.Text;
using McpHub.Configuration;
using McpHub.NativeTools.Tasks;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.Logging;

namespace McpHub.Tests.NativeTools.Tasks;

public sealed class NativeTasksTests : IDisposable
{
    private static readonly RunsAsTaskAttribute Options = new() { TimeToLiveSeconds = 60 };

    private readonly string _folder = Directory.CreateTempSubdirectory("mcphub-").FullName;
    private readonly CapturedLog _log = new();
    private readonly FakeTimeProvider _time = new();

    private string FilePath => Path.Combine(_folder, NativeTaskFile.FileName);

    [Fact]
    public async Task Outcome_IsKept_OverARestart()
    {
        string id;
        using (var tasks = Start())
        {
            id = tasks.TryStart(Options, _ => Result("""{"content":[{"type":"text","text":"ä\n"}],"x":1.0}"""))!.Id;
            await UntilAsync(tasks, id, NativeTaskRecord.Completed);
        }

        using var again = Start();
        var task = again.Find(id)!;
        Assert.Equal(NativeTaskRecord.Completed, task.Status);
        Assert.Equal("""{"content":[{"type":"text","text":"ä\n"}],"x":1.0}""", Encoding.UTF8.GetString(task.Outcome.Span));
        Assert.Equal(_time.GetUtcNow(), task.CreatedAt);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Task_HasFailed_WhenTheGatewayEndedBeforeIt()
    {
        var ended = new TaskCompletionSource();
        string id;
        using (var tasks = Start())
        {
            id = tasks.TryStart(Options, cancellationToken => HangAsync(cancellationToken, ended))!.Id;
        }

        // The method is told, and what it answers then counts for nothing.
        await ended.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        using var again = Start();
        Assert.Equal(NativeTaskRecord.Failed, again.Find(id)!.Status);
        Assert.Contains("-32603", Encoding.UTF8.GetString(again.Find(id)!.Outcome.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_IsOnDisk_BeforeItsIdIsGivenOut()
    {
        using var tasks = Start();
        var id = tasks.TryStart(Options, c => HangAsync(c))!.Id;

        // What a crash would leave: the file as it is, and a line that was cut off.
        var copy = Directory.CreateTempSubdirectory("mcphub-").FullName;
        var content = await ReadSharedAsync();
        await File.WriteAllTextAsync(Path.Combine(copy, NativeTaskFile.FileName), content + content[..20], TestContext.Current.CancellationToken);
        using (var other = Start(copy))
        {
            Assert.Equal(NativeTaskRecord.Failed, other.Find(id)!.Status);
        }

        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task Task_IsCancelled_AndStaysSo()
    {
        using var tasks = Start();
        var ended = new TaskCompletionSource();
        var id = tasks.TryStart(Options, c => HangAsync(c, ended))!.Id;

        tasks.Cancel(id);
        await ended.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(NativeTaskRecord.Cancelled, tasks.Find(id)!.Status);
        tasks.Cancel(id);
        tasks.Cancel("nobody");
        Assert.Equal(NativeTaskRecord.Cancelled, tasks.Find(id)!.Status);
    }

    [Fact]
    public async Task Task_Ends_WhenItsTimeIsOver()
    {
        using var tasks = Start();
        var ended = new TaskCompletionSource();
        var id = tasks.TryStart(Options, c => HangAsync(c, ended))!.Id;

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.NotNull(tasks.Find(id));
        _time.Advance(TimeSpan.FromSeconds(1));

        await ended.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Null(tasks.Find(id));
    }

    [Fact]
    public async Task Tasks_AreBounded_AndMakeRoomWhenTheyExpire()
    {
        using var tasks = Start();
        for (var i = 0; i < NativeTasks.MostTasks; i++)
        {
            Assert.NotNull(tasks.TryStart(Options, _ => Result("{}")));
        }

        Assert.Null(tasks.TryStart(Options, _ => Result("{}")));
        _time.Advance(TimeSpan.FromSeconds(61));
        await Patience.UntilAsync(() => tasks.TryStart(Options, _ => Result("{}")) is not null, "expired tasks make room");
    }

    [Fact]
    public async Task File_DoesNotGrow_WithTasksThatAreGone()
    {
        using var tasks = Start();
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 150; i++)
            {
                var id = tasks.TryStart(Options, _ => Result("{}"))!.Id;
                await UntilAsync(tasks, id, NativeTaskRecord.Completed);
            }

            _time.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.InRange((await ReadSharedAsync()).Split('\n').Length, 1, 700);
    }

    [Fact]
    public async Task Outcome_IsAnError_WhenItIsTooLong()
    {
        using var tasks = Start();
        var id = tasks.TryStart(Options, _ => Result("\"" + new string('x', NativeTasks.LongestOutcome) + "\""))!.Id;

        await UntilAsync(tasks, id, NativeTaskRecord.Failed);
        Assert.Contains("is longer than", Encoding.UTF8.GetString(tasks.Find(id)!.Outcome.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_AreInMemory_WithAWarning_WhenAnotherGatewayHoldsTheFile()
    {
        using var first = Start();
        first.TryStart(Options, _ => Result("{}"));
        using var second = Start();

        var id = second.TryStart(Options, _ => Result("{}"))!.Id;

        await UntilAsync(second, id, NativeTaskRecord.Completed);
        Assert.Contains("gateway.state.path", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ValueTask<McpResult> Result(string json) => new(McpResult.Complete(Encoding.UTF8.GetBytes(json)));

    private static async ValueTask<McpResult> HangAsync(CancellationToken cancellationToken, TaskCompletionSource? ended = null)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended?.SetResult();
        return McpResult.Fail(FailureKind.Cancelled, "The call was cancelled.");
    }

    private static Task UntilAsync(NativeTasks tasks, string id, string status) =>
        Patience.UntilAsync(() => tasks.Find(id)!.Status == status, $"the task is {status}");

    private async Task<string> ReadSharedAsync()
    {
        // The lock is advisory, and .NET's own: another program reads all the same.
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("cat", [FilePath]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private NativeTasks Start(string? folder = null)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        return new NativeTasks(
            new HubConfig { Gateway = new GatewayConfig { State = new StateConfig { Path = folder ?? _folder } } }, _time, loggers.CreateLogger<NativeTasks>());
    }
}
