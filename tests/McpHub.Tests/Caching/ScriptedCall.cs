using System.Text;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Tests.Caching;

/// <summary>One call that has reached a <see cref="ScriptedSource"/>.</summary>
/// <param name="Target">The tool or URI.</param>
/// <param name="Message">The whole request.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Caller">Whose it is.</param>
/// <param name="Cancellation">Tells when nobody wants an answer.</param>
internal sealed record ScriptedCall(string Target, string Message, string Arguments, string Caller, CancellationToken Cancellation)
{
    // What comes of an answer comes at once, on the thread of the test.
    private readonly TaskCompletionSource<McpResult> _result = new();

    public Task<McpResult> Result => _result.Task;

    public bool IsAnswered => _result.Task.IsCompleted;

    public void Answer(string result, bool isToolError = false)
    {
        var buffer = Utf8Buffer.CopyOf(Encoding.UTF8.GetBytes(result));
        _result.TrySetResult(McpResult.Complete(buffer, buffer.Memory, isToolError));
    }

    public void Text(string text) => Answer("{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}");

    public void Fail(FailureKind kind) => _result.TrySetResult(McpResult.Fail(kind, "It failed."));

    public void Error(int code)
    {
        var buffer = Utf8Buffer.CopyOf(Encoding.UTF8.GetBytes($$"""{"code":{{code}},"message":"no"}"""));
        _result.TrySetResult(McpResult.UpstreamError(buffer, buffer.Memory, code));
    }

    public void Throw(Exception exception) => _result.TrySetException(exception);
}
