using System.Net.ServerSentEvents;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Streams;

/// <summary>Everything sent on one stream, and a signal for those who wait for more. Safe for concurrent use.</summary>
internal sealed class EventStream(int number, SseEventStreamOptions options) : ISseEventStreamWriter
{
    private readonly Lock _lock = new();
    private readonly List<SseItem<JsonRpcMessage?>> _events = [];
    private SseEventStreamMode _mode = options.Mode;
    private bool _ended;
    private TaskCompletionSource _changed = NewSignal();

    public string SessionId { get; } = options.SessionId;

    public string StreamId { get; } = options.StreamId;

    public ValueTask SetModeAsync(SseEventStreamMode mode, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _mode = mode;
            SignalChange();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<SseItem<JsonRpcMessage?>> WriteEventAsync(
        SseItem<JsonRpcMessage?> sseItem, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var stored = new SseItem<JsonRpcMessage?>(sseItem.Data, sseItem.EventType)
            {
                EventId = $"{number}-{_events.Count}",
                ReconnectionInterval = sseItem.ReconnectionInterval,
            };
            _events.Add(stored);
            SignalChange();
            return ValueTask.FromResult(stored);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _ended = true;
            SignalChange();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What there is from <paramref name="index"/> on, what kind of stream it is, and when to look again.</summary>
    public (SseItem<JsonRpcMessage?>[] Events, bool Ended, bool Polling, Task Changed) Read(int index)
    {
        lock (_lock)
        {
            var events = index < _events.Count ? _events[index..].ToArray() : [];
            return (events, _ended, _mode is SseEventStreamMode.Polling, _changed.Task);
        }
    }

    private void SignalChange()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
