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
        try
        {
            await RunBatchAsync(context, body, answers);

            // Only notifications and responses are not answered at all (2025-03-26, "Batching").
            if (answers.Length > 0)
            {
                Frame(answers);
            }

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

    private async ValueTask RunBatchAsync(McpContext context, Utf8Buffer body, Utf8Buffer answers)
    {
        try
        {
            var batches = _pipeline.Batches.Current;
            var gate = new BatchGate(batches);
            if (await LegacyBatch.RunAsync(context, message => InvokeTrackedAsync(message, gate), batches.Services.MostBytes, answers) is { } invalid)
            {
                McpMessages.WriteFailure(answers, [], invalid, context.Revision);
            }
        }
        catch (Exception e)
        {
            // Nobody waits for this task but the client.
            answers.Clear();
            McpMessages.WriteFailure(answers, [], _pipeline.Fail(context, e).Failure!, context.Revision);
        }
        finally
        {
            body.Dispose();
            McpContextPool.Return(context);
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
