using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace McpHub.Testing.Interop;

/// <summary>A raw client over a pair of streams, a message a line. Thread-safe.</summary>
public sealed class RawStdioPeer : RawPeer, IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Stream _toServer;
    private volatile Exception? _ended;

    /// <param name="toServer">The server's standard input.</param>
    /// <param name="fromServer">The server's standard output.</param>
    /// <param name="revision">The revision to speak.</param>
    public RawStdioPeer(Stream toServer, Stream fromServer, string revision)
        : base(revision)
    {
        _toServer = toServer;
        _ = Task.Run(() => ReadAsync(new StreamReader(fromServer, Encoding.UTF8)));
    }

    public void Dispose() => _writing.Dispose();

    protected override async Task<JsonObject> ExchangeAsync(JsonObject request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[request["id"]!.ToJsonString()] = answer;
        if (_ended is { } reason)
        {
            throw reason;
        }

        await SendAsync(request);
        return await answer.Task.WaitAsync(Patience.Limit);
    }

    protected override async Task SendAsync(JsonObject notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var line = Encoding.UTF8.GetBytes(notification.ToJsonString() + "\n");
        await _writing.WaitAsync();
        try
        {
            await _toServer.WriteAsync(line);
            await _toServer.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var message = (JsonObject)JsonNode.Parse(line)!;
                if (message.ContainsKey("method"))
                {
                    Notifications.Enqueue(message);
                }
                else if (!_pending.TryRemove(message["id"]?.ToJsonString() ?? "", out var answer) || !answer.TrySetResult(message))
                {
                    throw new InvalidOperationException($"Nobody asked for this answer: {line}");
                }
            }

            Fail(new EndOfStreamException("The server closed its output."));
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception reason)
    {
        _ended = reason;
        foreach (var (_, pending) in _pending)
        {
            pending.TrySetException(reason);
        }
    }
}
