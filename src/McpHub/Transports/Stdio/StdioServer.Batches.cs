using System.Threading.Channels;
using McpHub.Batching;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports.Stdio;

/// <summary>JSON-RPC batches of 2025-03-26: a line that is an array.</summary>
internal sealed partial class StdioServer
{
    /// <summary>Runs what is in the array, and answers it as one line; it has a slot of its own.</summary>
    private async Task AnswerBatchAsync(McpContext context, Utf8Buffer body)
    {
        var answers = Utf8Buffer.Rent();
        var gate = new BatchGate(_pipeline.Batches.Current);
        if (await LegacyBatch.RunAsync(context, message => InvokeTrackedAsync(message, gate), answers) is { } invalid)
        {
            McpMessages.WriteFailure(answers, [], invalid, context.Revision);
        }

        // Only notifications and responses are not answered at all (2025-03-26, "Batching").
        if (answers.Length > 0)
        {
            Frame(answers);
        }

        body.Dispose();
        McpContextPool.Return(context);
        try
        {
            await _outbound.Writer.WriteAsync(answers);
        }
        catch (ChannelClosedException)
        {
            answers.Dispose();
        }
        finally
        {
            _slots.Release();
        }
    }

    private async ValueTask<McpResult> InvokeTrackedAsync(McpContext context, BatchGate gate)
    {
        if (context.Envelope.Kind != EnvelopeKind.Request)
        {
            return await _pipeline.InvokeAsync(context);
        }

        _inFlight.Add(context);
        try
        {
            return await gate.InvokeAsync(context, _pipeline.InvokeAsync);
        }
        finally
        {
            _inFlight.Remove(context);
        }
    }
}
