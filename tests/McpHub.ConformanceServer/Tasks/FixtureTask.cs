using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tasks;

/// <summary>One task: its state, the questions that it waits for, and its outcome. Safe for concurrent use.</summary>
internal sealed class FixtureTask(TimeSpan timeToLive, Func<FixtureTask, Task> announce) : IDisposable
{
    private const int PollIntervalMs = 200;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Dictionary<string, InputRequest> _questions = [];
    private readonly Dictionary<string, JsonElement> _answers = [];
    private TaskCompletionSource? _answered;
    private string _status = "working";
    private DateTimeOffset? _updatedAt;
    private JsonNode? _result;
    private JsonNode? _error;

    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    public bool IsExpired => DateTimeOffset.UtcNow > CreatedAt + timeToLive;

    /// <summary>Does the work, and keeps what came of it.</summary>
    public async Task RunAsync(Func<TaskInput, CancellationToken, Task<CallToolResult>> work)
    {
        try
        {
            var result = await work(AskAsync, _cancellation.Token);
            await EndAsync("completed", result: JsonSerializer.SerializeToNode(result, McpJsonUtilities.DefaultOptions));
        }
        catch (Exception e)
        {
            // What went wrong with a cancelled task has no place to be told: its state is final already.
            var code = e is McpProtocolException { ErrorCode: var given } ? given : McpErrorCode.InternalError;
            await EndAsync("failed", error: new JsonObject { ["code"] = (int)code, ["message"] = e.Message });
        }
    }

    public async Task CancelAsync()
    {
        await EndAsync("cancelled");
        await _cancellation.CancelAsync();
    }

    /// <summary>Takes the answers to open questions. What was not asked, or was answered before, counts for nothing.</summary>
    public Task AnswerAsync(JsonObject responses)
    {
        TaskCompletionSource? complete = null;
        lock (_lock)
        {
            foreach (var (key, response) in responses)
            {
                if (response is JsonObject && _questions.Remove(key))
                {
                    _answers[key] = JsonSerializer.SerializeToElement(response);
                }
            }

            if (_status is "input_required" && _questions.Count == 0)
            {
                complete = _answered;
                Enter("working");
            }
        }

        complete?.SetResult();
        return complete is null ? Task.CompletedTask : announce(this);
    }

    /// <summary>The members that every message about the task has.</summary>
    public JsonObject Summarize()
    {
        lock (_lock)
        {
            return new JsonObject
            {
                ["taskId"] = Id,
                ["status"] = _status,
                ["createdAt"] = CreatedAt.ToString("O"),
                ["lastUpdatedAt"] = (_updatedAt ?? CreatedAt).ToString("O"),
                ["ttlMs"] = (long)timeToLive.TotalMilliseconds,
                ["pollIntervalMs"] = PollIntervalMs,
            };
        }
    }

    /// <summary>The same with what belongs to its state: open questions, the result or the error.</summary>
    public JsonObject Describe()
    {
        lock (_lock)
        {
            var task = Summarize();
            switch (_status)
            {
                case "input_required":
                    task["inputRequests"] = JsonSerializer.SerializeToNode(_questions, McpJsonUtilities.DefaultOptions);
                    break;
                case "completed":
                    task["result"] = _result?.DeepClone();
                    break;
                case "failed":
                    task["error"] = _error?.DeepClone();
                    break;
            }

            return task;
        }
    }

    /// <summary>Ends the work of a task that nobody can ask for any more.</summary>
    public void Dispose()
    {
        _cancellation.Cancel();
        _cancellation.Dispose();
    }

    private async Task<Dictionary<string, JsonElement>> AskAsync(IDictionary<string, InputRequest> questions)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            foreach (var (key, question) in questions)
            {
                _questions[key] = question;
            }

            _answered = answered;
            Enter("input_required");
        }

        await announce(this);
        await answered.Task.WaitAsync(_cancellation.Token);
        return _answers;
    }

    private Task EndAsync(string status, JsonNode? result = null, JsonNode? error = null)
    {
        lock (_lock)
        {
            if (_status is "completed" or "failed" or "cancelled")
            {
                return Task.CompletedTask;
            }

            _result = result;
            _error = error;
            Enter(status);
        }

        return announce(this);
    }

    private void Enter(string status)
    {
        if (_status is "completed" or "failed" or "cancelled")
        {
            return;
        }

        _status = status;
        _updatedAt = DateTimeOffset.UtcNow;
    }
}
