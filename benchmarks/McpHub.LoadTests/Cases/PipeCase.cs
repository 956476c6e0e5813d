using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;

namespace McpHub.LoadTests.Cases;

/// <summary>A process that is driven over its standard input and output.</summary>
internal sealed class PipeCase(string name, ChildProcess subject, LoadRequest request, int inFlight)
    : LoadCase(name, request.Era, subject, [inFlight])
{
    private int _nextId = McpRequests.FirstId;

    protected override LoadResult Drive(LoadWindow window, Action started, Action ended, CancellationToken cancellationToken)
    {
        // Reading a pipe cannot be given up, so a process that falls silent is ended.
        using var deadline = new CancellationTokenSource(window.LeadIn + window.Duration + LoadWindow.AnswerTimeout);
        using var killing = deadline.Token.Register(Subject.Kill);
        var load = new PipeLoad(Subject.Input, Subject.Output, request, _nextId, window, started, ended);
        var result = load.Run(cancellationToken);
        _nextId = load.NextId;
        return result;
    }
}
