using System.Text.Json;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Transports;

/// <summary>A JSON-RPC batch of a 2025-03-26 session: taken apart, run side by side, and answered as one array.</summary>
internal static class LegacyBatch
{
    // More than any client sends; what is beyond is refused before anything runs.
    private const int MostMessages = 256;

    /// <summary>Runs the messages of <paramref name="batch"/>.</summary>
    /// <param name="invoke">The pipeline, behind whatever bounds the batch.</param>
    /// <param name="mostBytes">The most bytes that the answers have together; what does not fit is answered with an error.</param>
    /// <param name="answers">Takes the answers; stays empty if nothing is to be answered.</param>
    /// <returns>What is wrong with the batch as a whole, or <see langword="null"/>.</returns>
    public static async ValueTask<Failure?> RunAsync(McpContext batch, Func<McpContext, ValueTask<McpResult>> invoke, int mostBytes, Utf8Buffer answers)
    {
        var messages = Split(batch.Message);
        if (messages.Count is 0 or > MostMessages)
        {
            return new Failure(FailureKind.InvalidRequest, $"Invalid request: a batch has 1 to {MostMessages} messages.");
        }

        var room = new ByteBudget(mostBytes);
        var running = messages.Select(message => AnswerAsync(batch, message, invoke, room)).ToArray();
        foreach (var answer in await Task.WhenAll(running))
        {
            if (answer is null)
            {
                continue;
            }

            using (answer)
            {
                answers.Write(answers.Length == 0 ? (byte)'[' : (byte)',');
                answers.Write(answer.Span);
            }
        }

        if (answers.Length > 0)
        {
            answers.Write((byte)']');
        }

        return null;
    }

    private static async Task<Utf8Buffer?> AnswerAsync(McpContext batch, ReadOnlyMemory<byte> message, Func<McpContext, ValueTask<McpResult>> invoke, ByteBudget room)
    {
        var context = McpContextPool.Rent();
        try
        {
            context.Message = message;
            context.Caller = batch.Caller;
            context.Session = batch.Session;
            context.Revision = batch.Revision;
            context.View = batch.View;
            context.LookAsDeclared();
            context.Stream = batch.Stream;
            context.InFlight = batch.InFlight;
            context.NetworkTransport = batch.NetworkTransport;
            var failure = EnvelopeReader.Read(message.Span, out context.Envelope);
            if (failure is null && context.Envelope.Kind == EnvelopeKind.Response)
            {
                batch.Session!.Requests.Complete(message.Span, context.Envelope);
                return null;
            }

            failure ??= Check(context.Envelope);
            if (failure is not null && context.Envelope.Kind == EnvelopeKind.Notification)
            {
                // Never answered, not even a malformed one (JSON-RPC 2.0, "Notification").
                return null;
            }

            using var result = failure is null ? await invoke(context) : McpResult.Fail(failure);

            // Nor is what the client has cancelled (2025-03-26, "Cancellation").
            if (result.Kind == McpResultKind.None || context.IsCancelledByClient)
            {
                return null;
            }

            if (!room.TryTake(result.Json.Length))
            {
                return Write(context, McpResult.Fail(
                    FailureKind.PayloadTooLarge,
                    $"It has run, but the answers to the array have more than {room.Most} bytes (gateway.batch.maxResultBytes). Ask for less at once."));
            }

            return Write(context, result);
        }
        finally
        {
            McpContextPool.Return(context);
        }
    }

    private static Utf8Buffer Write(McpContext context, in McpResult result)
    {
        var answer = Utf8Buffer.Rent(result.Json.Length + 64);
        AnswerWriter.Write(answer, context, result);
        return answer;
    }

    /// <summary>What a single message may be, and a part of a batch may not.</summary>
    private static Failure? Check(in Envelope envelope)
    {
        if (envelope.Kind == EnvelopeKind.Batch)
        {
            return new Failure(FailureKind.InvalidRequest, "Invalid request: a batch must not be part of a batch.");
        }

        if (envelope.ProtocolVersion.IsPresent)
        {
            return new Failure(FailureKind.InvalidRequest, "Invalid request: a request with the metadata of 2026-07-28 must not be part of a batch.");
        }

        return envelope.Method == McpMethod.Initialize
            ? new Failure(FailureKind.InvalidRequest, "Invalid request: 'initialize' must not be part of a batch.")
            : null;
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> array)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(array.Span, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            messages.Add(array[start..(int)reader.BytesConsumed]);
        }

        return messages;
    }
}
