using McpHub.LoadTests.Http;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;

namespace McpHub.LoadTests.Cases;

/// <summary>A process that is driven over HTTP.</summary>
/// <param name="name">The case's name.</param>
/// <param name="subject">The process.</param>
/// <param name="endpoint">Where it is driven.</param>
/// <param name="request">What it is sent.</param>
/// <param name="levels">The numbers of connections.</param>
/// <param name="afterwards">What tidies up behind each window.</param>
internal class HttpCase(
    string name, ChildProcess subject, Uri endpoint, LoadRequest request, IReadOnlyList<int> levels, Action? afterwards = null)
    : LoadCase(name, request.Era, subject, levels)
{
    /// <summary>Waits until the request is answered rightly, as a gateway may be up before its upstream is.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Readiness.WaitAsync(
        Subject,
        () =>
        {
            using var connection = new LoadConnection(endpoint, request);
            var answer = connection.Call(McpRequests.FirstId);
            var isRight = answer.Status == StatusCodes.Status200OK && connection.IsRight(answer.Body);
            return Task.FromResult(isRight ? null : answer.ToString());
        },
        cancellationToken);

    protected override LoadResult Drive(LoadWindow window, Action started, Action ended, CancellationToken cancellationToken)
    {
        using var load = new HttpLoad(endpoint, request, window, started, ended);
        var result = load.Run(cancellationToken);
        afterwards?.Invoke();
        return result;
    }
}
