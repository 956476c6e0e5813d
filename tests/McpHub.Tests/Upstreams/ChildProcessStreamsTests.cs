using McpHub.Configuration;
using McpHub.Upstreams.Stdio;

namespace McpHub.Tests.Upstreams;

public sealed class ChildProcessStreamsTests
{
    private const int Children = 100;

    [Fact]
    public async Task Child_InheritsNothing_WhileStreamsOfOthersAreMade()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are looked up in /proc.");
        using var done = new CancellationTokenSource();
        var others = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    var (ours, childs) = PosixSockets.Pair();
                    ours.Dispose();
                    childs.Dispose();
                }
            },
            TestContext.Current.CancellationToken);

        var sockets = new List<int>();
        for (var i = 0; i < Children; i++)
        {
            await using var child = ChildProcess.Start(new StdioTransportConfig { Command = "cat" }, TimeProvider.System);
            sockets.Add(SocketsOf(child.Id));
        }

        await done.CancelAsync();
        await others;

        // Its standard streams; beside them the program may have files of its own.
        Assert.All(sockets, count => Assert.Equal(3, count));
    }

    private static int SocketsOf(int processId) => Directory.GetFiles($"/proc/{processId}/fd")
        .Count(d => new FileInfo(d).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
