namespace McpHub.Testing;

/// <summary>A clock that stands still until <see cref="Advance"/> is called, which fires what has become due, in order.</summary>
internal sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are running.</summary>
    public int TimerCount
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>Waits until somebody waits for the clock: only then does it make sense to advance it.</summary>
    public async Task AdvanceWhenAwaitedAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        while (TimerCount == 0)
        {
            await Task.Delay(1, cancellationToken);
        }

        Advance(by);
    }

    /// <summary>Whether somebody waits for as long as this from now on.</summary>
    public bool HasTimer(TimeSpan wait)
    {
        lock (_lock)
        {
            return _timers.Any(t => t.Due == _now + wait);
        }
    }

    /// <summary>The next timer that is due until then, with the clock set to its time.</summary>
    private FakeTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is not null)
            {
                _now = next.Due > _now ? next.Due : _now;
                _timers.Remove(next);
                next.Rearm(_timers);
            }

            return next;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(List<FakeTimer> timers)
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
                timers.Add(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
