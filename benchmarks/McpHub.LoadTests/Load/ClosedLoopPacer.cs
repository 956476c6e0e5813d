namespace McpHub.LoadTests.Load;

/// <summary>Each connection sends its next request as soon as it has its answer.</summary>
internal sealed class ClosedLoopPacer : IPacer
{
    public long? NextDue => null;

    public bool TryTake(long now, out long intended)
    {
        intended = now;
        return true;
    }
}
