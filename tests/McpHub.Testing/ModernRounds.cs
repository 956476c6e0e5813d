using System.Text.Json;

namespace McpHub.Testing;

/// <summary>The rounds of a modern client whose call needs input (2026-07-28, "Multi round-trip requests").</summary>
internal static class ModernRounds
{
    public static bool NeedsInput(this HttpAnswer answer) =>
        answer.Code == 0 && answer.Result.TryGetProperty("resultType", out var type) && type.GetString() == "input_required";

    /// <summary>The state as JSON, with its quotes.</summary>
    public static string State(this HttpAnswer answer) => answer.Result.GetProperty("requestState").GetRawText();

    public static IReadOnlyList<JsonProperty> InputRequests(this HttpAnswer answer) =>
        [.. answer.Result.GetProperty("inputRequests").EnumerateObject()];

    /// <summary>The same call again, with what was asked for.</summary>
    /// <param name="responses">As JSON; <see langword="null"/> for none.</param>
    /// <param name="state">As JSON.</param>
    public static HttpRequestMessage Retry(
        this McpClient client, string tool, string? responses, string? state, string arguments = "{}", string meta = "") => client.Request(
            "tools/call",
            Rpc.Call(tool, arguments)[..^1] + (responses is null ? "" : ",\"inputResponses\":" + responses) + (state is null ? "" : ",\"requestState\":" + state) + "}",
            meta);

    public static async Task<HttpAnswer> RetryAsync(
        this McpClient client, string tool, string? responses, string? state, string arguments = "{}", string meta = "")
    {
        using var request = client.Retry(tool, responses, state, arguments, meta);
        return await client.SendAsync(request, CancellationToken.None);
    }

    /// <summary>Makes a call and goes on until it is complete.</summary>
    /// <param name="respond">Gives the response to one input request, as JSON.</param>
    /// <returns>The answers of all rounds.</returns>
    public static async Task<IReadOnlyList<HttpAnswer>> CompleteAsync(
        this McpClient client, string tool, Func<JsonElement, string> respond, string arguments = "{}", string meta = "")
    {
        var answers = new List<HttpAnswer> { await client.CallAsync(tool, arguments, meta) };
        while (answers[^1].NeedsInput())
        {
            var responses = answers[^1].InputRequests().Select(r => $"\"{r.Name}\":{respond(r.Value)}");
            answers.Add(await client.RetryAsync(tool, "{" + string.Join(',', responses) + "}", answers[^1].State(), arguments, meta));
        }

        return answers;
    }
}
