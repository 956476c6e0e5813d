using System.Text.Json;

namespace McpHub.StdioUpstream;

/// <summary>The tool that logs and asks with its caller's tag in everything, and finds out whether the answers are the caller's.</summary>
internal sealed class Interviews(Wire wire)
{
    private readonly Dictionary<string, Interview> _open = [];
    private int _lastAsk;

    public void Begin(JsonElement id, JsonElement parameters)
    {
        var interview = new Interview(id.GetRawText(), parameters.GetProperty("arguments").GetProperty("tag").GetString()!);
        Log(interview.Tag);
        Ask(interview, "sampling/createMessage", "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"" + interview.Tag + "\"}}],\"maxTokens\":1}");
    }

    /// <summary>Takes an answer, if it is one to a question of an interview.</summary>
    public bool TryTake(JsonElement answer)
    {
        if (!_open.Remove(answer.GetProperty("id").GetRawText(), out var interview))
        {
            return false;
        }

        if (!answer.TryGetProperty("result", out var result) || !result.GetRawText().Contains('"' + interview.Tag + '"', StringComparison.Ordinal))
        {
            Finish(interview, "wrong");
        }
        else if (interview.IsSecond)
        {
            Finish(interview, interview.Tag);
        }
        else
        {
            Log(interview.Tag);
            Ask(interview with { IsSecond = true }, "elicitation/create", "{\"message\":\"" + interview.Tag + "\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}");
        }

        return true;
    }

    private void Log(string tag) =>
        wire.WriteLine("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"" + tag + "\"}}");

    private void Ask(Interview interview, string method, string parameters)
    {
        var id = $"\"i-{++_lastAsk}\"";
        _open[id] = interview;
        wire.WriteLine("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}");
    }

    private void Finish(Interview interview, string text) =>
        wire.WriteLine("{\"jsonrpc\":\"2.0\",\"id\":" + interview.Id + ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}}");

    /// <param name="Id">The call's id as JSON.</param>
    private sealed record Interview(string Id, string Tag, bool IsSecond = false);
}
