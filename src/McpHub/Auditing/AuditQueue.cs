namespace McpHub.Auditing;

/// <summary>
/// Lines on their way to the writer, as bytes in one of two buffers: one is filled while the other is written. Thread-safe.
/// </summary>
/// <remarks>
/// Room is taken before a request runs and kept until its line is written. So a line always has its place, and what has run is never
/// dropped. Sign-ins have room of their own, and refused ones another: whoever tries credentials in a loop takes none of what requests need,
/// and keeps nobody who signs in from being recorded.
/// </remarks>
internal sealed class AuditQueue : IDisposable
{
    /// <summary>The most sign-ins whose lines wait, and the most refused ones.</summary>
    public const int MostSignIns = 1000;

    // So much is written at once without waiting for more.
    private const int MuchToWrite = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _filled = new(0, 1);
    private AuditBatch _filling = new();
    private AuditBatch _spare = new();
    private TaskCompletionSource? _room;
    private int _taken;
    private int _signIns;
    private int _refusals;
    private bool _isUrgent;

    /// <summary>Requests that run and lines that wait.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes room for one line.</summary>
    public bool TryTake(int bound) => TryTake(ref _taken, bound);

    /// <summary>Takes room for the line of a sign-in, or of a refused one.</summary>
    public bool TryTakeSignIn(AuditRoom room) => TryTake(ref (room == AuditRoom.Refusals ? ref _refusals : ref _signIns), MostSignIns);

    /// <summary>Takes room that is not bounded: for the few lines that are no requests' own.</summary>
    public void Take() => Interlocked.Increment(ref _taken);

    /// <summary>Gives back what was taken for lines that are written, or that never come.</summary>
    public void Give(int count)
    {
        Interlocked.Add(ref _taken, -count);
        if (Volatile.Read(ref _room) is not null)
        {
            Interlocked.Exchange(ref _room, null)?.SetResult();
        }
    }

    /// <summary>Completes when room may have been given back since this was asked for.</summary>
    public Task Room()
    {
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _room, room, null) ?? room).Task;
    }

    /// <summary>Adds a line, for which there is room.</summary>
    /// <param name="line">The line up to its number, with its line break.</param>
    /// <param name="room">Whose room it is.</param>
    public void Add(ReadOnlySpan<byte> line, AuditRoom room = AuditRoom.Requests)
    {
        lock (_lock)
        {
            Append(line, room);
            if (_filling.Length >= MuchToWrite)
            {
                HurryLocked();
            }
        }
    }

    /// <summary>Adds a line, and has it written at once.</summary>
    /// <returns>Completes when it is written.</returns>
    public Task AddDurable(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            Append(line, AuditRoom.Requests);
            HurryLocked();
            return _filling.Written();
        }
    }

    /// <summary>Waits until there is a line.</summary>
    public Task WhenFilledAsync(CancellationToken cancellationToken) => _filled.WaitAsync(cancellationToken);

    /// <summary>Waits a moment for more lines, unless there are many already, or somebody waits for one.</summary>
    public async ValueTask LingerAsync(TimeSpan moment, TimeProvider time, CancellationToken cancellationToken)
    {
        Task hurry;
        lock (_lock)
        {
            if (_isUrgent)
            {
                return;
            }

            hurry = _filling.Hurried();
        }

        await hurry.WaitAsync(moment, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Hands over what there is. It is given back by <see cref="Done"/> before the next is taken.</summary>
    public AuditBatch TakeAll()
    {
        lock (_lock)
        {
            var full = _filling;
            if (full.Length > 0)
            {
                _filling = _spare;
                _isUrgent = false;
            }

            return full;
        }
    }

    /// <summary>The lines of a batch are written, or never will be.</summary>
    public void Done(AuditBatch batch, bool isWritten = true)
    {
        var (signIns, refusals) = (batch.SignIns, batch.Refusals);
        var count = batch.Count - signIns - refusals;
        batch.Complete(isWritten);
        lock (_lock)
        {
            _spare = batch;
        }

        Interlocked.Add(ref _signIns, -signIns);
        Interlocked.Add(ref _refusals, -refusals);
        Give(count);
    }

    public void Dispose() => _filled.Dispose();

    private static bool TryTake(ref int counter, int bound)
    {
        // Never more than there is, not even for a moment: whoever is woken by room that was given back has to see it.
        for (var taken = Volatile.Read(ref counter); taken < bound;)
        {
            var seen = Interlocked.CompareExchange(ref counter, taken + 1, taken);
            if (seen == taken)
            {
                return true;
            }

            taken = seen;
        }

        return false;
    }

    private void Append(ReadOnlySpan<byte> line, AuditRoom room)
    {
        // It may stand still from a wait that was cancelled.
        if (_filling.Length == 0 && _filled.CurrentCount == 0)
        {
            _filled.Release();
        }

        _filling.Add(line, room);
    }

    private void HurryLocked()
    {
        _isUrgent = true;
        _filling.Hurry();
    }
}
