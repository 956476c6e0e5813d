using McpHub.Streaming;

namespace McpHub.Tests.Streaming;

/// <summary>Counts what a buffer tells.</summary>
internal sealed class RecordingObserver : IStreamObserver
{
    private int _filling;
    private int _allFilling;

    public int Parts { get; private set; }

    public int Pauses { get; private set; }

    public int Resumes { get; private set; }

    public int Filling => _filling;

    public int AllFilling => _allFilling;

    public void OnPart(int bytes) => Parts++;

    public void OnPaused() => Pauses++;

    public void OnResumed() => Resumes++;

    public void OnFilling(long held) => Interlocked.Increment(ref _filling);

    public void OnAllFilling() => Interlocked.Increment(ref _allFilling);
}
