using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>One thing that a legacy server wants to know of a modern client, and the answer that it waits for.</summary>
/// <param name="key">The request's key in <c>inputRequests</c>.</param>
/// <param name="method">Sampling, elicitation or roots.</param>
/// <param name="parameters">For the client's revision; empty for none.</param>
internal sealed class InputRequest(string key, McpMethod method, ReadOnlyMemory<byte> parameters)
{
    private readonly TaskCompletionSource<ClientAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key { get; } = key;

    public McpMethod Method { get; } = method;

    public ReadOnlyMemory<byte> Parameters { get; } = parameters;

    public Task<ClientAnswer> Answer => _answer.Task;

    /// <summary>Takes the client's answer, if it is one for this request.</summary>
    /// <returns>Whether it was; what is none is asked for again (2026-07-28, "Multi round-trip requests").</returns>
    public bool TryAnswer(ReadOnlySpan<byte> json) =>
        IsAnswer(json) && _answer.TrySetResult(new ClientAnswer(json.ToArray(), IsError: false));

    public void GiveUp() => _answer.TrySetResult(InputRefusal.NoAnswer(Method));

    private bool IsAnswer(ReadOnlySpan<byte> json) => Method switch
    {
        McpMethod.Elicit => JsonMembers.TryGet(json, "action"u8, out var action)
            && (JsonText.Is(action, "accept"u8) || JsonText.Is(action, "decline"u8) || JsonText.Is(action, "cancel"u8)),
        McpMethod.ListRoots => JsonMembers.TryGet(json, "roots"u8, out var roots) && roots[0] == (byte)'[',
        _ => JsonMembers.TryGet(json, "role"u8, out _) && JsonMembers.TryGet(json, "content"u8, out _),
    };
}
