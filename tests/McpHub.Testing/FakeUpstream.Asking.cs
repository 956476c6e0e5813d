using System.Collections.Concurrent;

namespace McpHub.Testing;

/// <summary>What the server asks its client, and the answers.</summary>
internal sealed partial class FakeUpstream
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _asked = new();
    private int _lastAsk;

    /// <summary>Asks on the stream of a call, under an id of the server's own.</summary>
    /// <param name="parameters">As JSON; <see langword="null"/> for none.</param>
    /// <returns>The response's <c>result</c> or <c>error</c> with its name, as the bytes that came.</returns>
    public Task<string> AskAsync(FakeExchange exchange, string method, string? parameters) => AskAsync(exchange.SendAsync, method, parameters);

    /// <summary>Asks on whatever the message can be sent on.</summary>
    public async Task<string> AskAsync(Func<string, Task> send, string method, string? parameters)
    {
        var id = $"\"ask \\u00e4 {Interlocked.Increment(ref _lastAsk)}\"";
        return await AskAsync(send, id, method, parameters).WithinLimitAsync($"the answer to '{method}'");
    }

    /// <inheritdoc cref="AskAsync(FakeExchange, string, string?)"/>
    public async Task<string> AskAsync(Func<string, Task> send, string id, string method, string? parameters)
    {
        var answer = _asked[id] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\"" + (parameters is null ? "" : ",\"params\":" + parameters) + "}");
        return await answer.Task;
    }

    private void TakeAnswer(FakeRequest request)
    {
        if (request.Method.Length == 0 && request.Id.Length > 0 && _asked.TryRemove(request.Id, out var waiting))
        {
            var member = request.Json.TryGetProperty("error", out var error) ? "\"error\":" + error.GetRawText() : "\"result\":" + request.Json.GetProperty("result").GetRawText();
            waiting.TrySetResult(member);
        }
    }
}
