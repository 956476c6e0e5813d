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
    public static LoadRequest CallTool(string tool, McpEra era, bool answersId = true) =>
        new(era, "tools/call", tool, McpRequests.CallTool(tool, era), Encoding.UTF8.GetBytes($"\"{McpRequests.Message}\""), answersId);

    public static LoadRequest ListTools(McpEra era) =>
        new(era, "tools/list", null, McpRequests.ListTools(era), "\"tools\":[{"u8.ToArray());

    /// <summary>Whether an answer is the one to the request with these id digits: a search for two strings, not a parse.</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> idDigits) =>
        answer.IndexOf(Mark) >= 0 && (!AnswersId || answer.IndexOf(idDigits) >= 0);
}
