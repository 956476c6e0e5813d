namespace McpHub.Pipeline;

/// <summary>Answers one message. A stage of the pipeline wraps one handler in another.</summary>
/// <param name="context">The message and who sent it.</param>
/// <param name="cancellationToken">Cancelled when the client cancels or disconnects, or the gateway shuts down.</param>
internal delegate ValueTask<McpResult> McpHandler(McpContext context, CancellationToken cancellationToken);
