using McpHub.Pipeline;

namespace McpHub.Streaming;

/// <summary>What a stream is wanted of.</summary>
/// <param name="CallerKey">Whose it will be (<see cref="Caller.Key"/>).</param>
/// <param name="Tool">The tool's name as the caller sees it.</param>
/// <param name="Priority">The higher, the sooner it starts where streams wait for a place.</param>
/// <param name="RunAsync">Calls the tool; what is sent to the stream becomes parts. It goes on after the request has been answered.</param>
internal sealed record StreamRequest(
    string CallerKey, string Tool, int Priority, Func<IClientStream, CancellationToken, ValueTask<StreamOutcome>> RunAsync);
