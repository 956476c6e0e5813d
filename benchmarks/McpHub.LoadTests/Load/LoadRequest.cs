using System.Text;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Load;

/// <summary>One kind of request: its body, and how a right answer is told from a wrong one.</summary>
/// <param name="Era">The era of the client that sends it.</param>
/// <param name="Method">The MCP method, for the header.</param>
/// <param name="Name">The tool's name, for the header.</param>
/// <param name="Body">The JSON-RPC message, with <see cref="McpRequests.IdPlaceholder"/> in it.</param>
/// <param name="Mark">Bytes that stand in every right answer.</param>
/// <param name="AnswersId">Whether the answer carries the request's id: not so where the answer is fixed.</param>
internal sealed record LoadRequest(McpEra Era, string Method, string? Name, byte[] Body, byte[] Mark, bool AnswersId = true)
{
    /// <summary>The token that goes with it; <see langword="null"/> for none.</summary>
    public string? Token { get; init; }

    /// <summary>What the requests differ by; <see langword="null"/> if they are all the same.</summary>
    public ZipfKeys? Keys { get; init; }

    public static LoadRequest CallTool(string tool, McpEra era, bool answersId = true) =>
        new(era, "tools/call", tool, McpRequests.CallTool(tool, era), Encoding.UTF8.GetBytes($"\"{McpRequests.Message}\""), answersId);

    /// <summary>Calls with another text each, by the key at its end.</summary>
    public static LoadRequest CallToolWithKeys(string tool, McpEra era, ZipfKeys keys)
    {
        var body = McpRequests.CallTool(tool, era, $"{McpRequests.Message} {McpRequests.KeyPlaceholder}");
        return new LoadRequest(era, "tools/call", tool, body, Encoding.UTF8.GetBytes($"\"{McpRequests.Message} #")) { Keys = keys };
    }

    public static LoadRequest ListTools(McpEra era) =>
        new(era, "tools/list", null, McpRequests.ListTools(era), "\"tools\":[{"u8.ToArray());

    /// <summary>Whether an answer is the one to the request with these id digits and this key: a search for strings, not a parse.</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> idDigits, ReadOnlySpan<byte> key = default) =>
        answer.IndexOf(Mark) >= 0 && (!AnswersId || answer.IndexOf(idDigits) >= 0) && (key.IsEmpty || answer.IndexOf(key) >= 0);
}
