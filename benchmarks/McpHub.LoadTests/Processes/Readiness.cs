using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace McpHub.LoadTests.Processes;

/// <summary>Waits until a process that was started can be used.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until <paramref name="health"/> answers 200.</summary>
    public static async Task WaitForHealthAsync(ChildProcess process, Uri health, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await WaitAsync(
            process,
            async () =>
            {
                using var answer = await client.GetAsync(health, cancellationToken);
                return answer.StatusCode == HttpStatusCode.OK ? null : $"{health} answers {(int)answer.StatusCode}";
            },
            cancellationToken);
    }

    /// <summary>Repeats <paramref name="attempt"/> until it returns <see langword="null"/>; otherwise it says what is wrong.</summary>
    public static async Task WaitAsync(ChildProcess process, Func<Task<string?>> attempt, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause, cancellationToken))
        {
            string? obstacle;
            try
            {
                obstacle = await attempt();
            }
            catch (Exception exception) when (IsPassing(exception) && !cancellationToken.IsCancellationRequested)
            {
                obstacle = exception.Message;
            }

            if (obstacle is null)
                return;
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Deadline)
                throw new InvalidOperationException($"'{process}' is not ready: {obstacle}{Environment.NewLine}{process.LastOutput}");
        }
    }

    private static bool IsPassing(Exception exception) =>
        exception is HttpRequestException or SocketException or IOException or InvalidDataException or OperationCanceledException;
}
