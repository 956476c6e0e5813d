using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;

namespace McpHub.Transports.Stdio;

/// <summary>
/// The gateway as a stdio server: both eras on one pair of streams, a message a line, as many requests at once as the client likes.
/// </summary>
/// <remarks>
/// A request that carries modern metadata is a modern one; everything else is legacy and has the connection as its session
/// (2026-07-28 stdio, "Backward compatibility").
/// </remarks>
internal sealed partial class StdioServer : IClientStream, IDisposable
{
    // A client that sends more than this without reading its answers has to wait.
    private const int MostInFlight = 4096;

    // A client that doesn't read loses notifications beyond these; answers wait.
    private const int OutboundBound = 1024;

    // How many messages may wait to be written before whoever can wait does.
    private const int InStep = 16;

    private const int WriteBatch = 64 * 1024;

    private readonly CatalogStore _catalog;
    private readonly McpPipeline _pipeline;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly LocalCaller _caller = new();
    private readonly InFlightRequests _inFlight = new();
    private readonly SemaphoreSlim _slots = new(MostInFlight, MostInFlight);
    private readonly Channel<Utf8Buffer> _outbound =
        Channel.CreateBounded<Utf8Buffer>(new BoundedChannelOptions(OutboundBound) { SingleReader = true });

    private TaskCompletionSource? _written;
    private Utf8Buffer _ready = Utf8Buffer.Rent(WriteBatch);
    private volatile ClientSession? _session;
    private CancellationToken _stopping;

    public StdioServer(CatalogStore catalog, McpPipeline pipeline, Stream input, Stream output)
    {
        _catalog = catalog;
        _pipeline = pipeline;
        _input = input;
        _output = output;
    }

    /// <summary>Serves until the input ends, then waits for what is still running.</summary>
    /// <param name="drain">How long running requests may take after the input has ended.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task RunAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        _stopping = cancellationToken;
        var writing = Task.Run(WriteAsync, CancellationToken.None);
        try
        {
            await ReadAsync(cancellationToken);
            _pipeline.Subscriptions.End(this);
            await DrainAsync(drain, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Told to stop, or the client has closed its end.
        }
        finally
        {
            _inFlight.CancelAll();
            _session?.End();
            _outbound.Writer.TryComplete();

            // A client that has stopped reading holds the last write for ever.
            await Task.WhenAny(writing, Task.Delay(drain, CancellationToken.None));
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        _ready.Dispose();
    }

    public bool TrySend(Utf8Buffer message)
    {
        Frame(message);
        if (_outbound.Writer.TryWrite(message))
        {
            return true;
        }

        message.Dispose();
        return false;
    }

    public async ValueTask<bool> SendAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        var bytes = message.Span.ToArray();
        message.Dispose();
        while (!IsInStep(out var written))
        {
            await written.WaitAsync(cancellationToken);
        }

        var copy = Utf8Buffer.CopyOf(bytes);
        Frame(copy);
        try
        {
            await _outbound.Writer.WriteAsync(copy, cancellationToken);
            return true;
        }
        catch (ChannelClosedException)
        {
            copy.Dispose();
            return false;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(_input, new StreamPipeReaderOptions(bufferSize: WriteBatch, leaveOpen: true));
        var skipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (!skipping)
                {
                    await TakeAsync(buffer.Slice(0, end), cancellationToken);
                }

                skipping = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            await FlushAsync();
            if (read.IsCompleted)
            {
                return;
            }

            if (skipping || buffer.Length > Limit)
            {
                // Too long a line: it is told once, and thrown away to its end.
                if (!skipping)
                {
                    await RefuseAsync(new Failure(FailureKind.PayloadTooLarge, $"The message is larger than {Limit} bytes (gateway.sizes.request)."));
                }

                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private int Limit => _catalog.Current.Config.Gateway.Sizes.Request;

    private async ValueTask TakeAsync(ReadOnlySequence<byte> line, CancellationToken cancellationToken)
    {
        if (line.Length > Limit)
        {
            await RefuseAsync(new Failure(FailureKind.PayloadTooLarge, $"The message is larger than {Limit} bytes (gateway.sizes.request)."));
            return;
        }

        var body = Utf8Buffer.CopyOf(line);
        if (body.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            body.Dispose();
            return;
        }

        var context = McpContextPool.Rent();
        context.Message = body.Memory;
        var failure = EnvelopeReader.Read(body.Span, out context.Envelope) ?? Classify(context);
        if (failure is not null || context.Envelope.Kind == EnvelopeKind.Response)
        {
            if (context.Envelope.Kind == EnvelopeKind.Response)
            {
                _session?.Requests.Complete(body.Span, context.Envelope);
            }

            // A notification is never answered, not even a malformed one (JSON-RPC 2.0, "Notification").
            await AnswerNowAsync(
                context, body, failure is null || context.Envelope.Kind == EnvelopeKind.Notification ? McpResult.None : McpResult.Fail(failure));
            return;
        }

        if (context.Envelope.Kind == EnvelopeKind.Batch)
        {
            await TakeSlotAsync(cancellationToken);
            _ = AnswerBatchAsync(context, body);
            return;
        }

        var pending = _pipeline.InvokeAsync(context);
        if (pending.IsCompletedSuccessfully)
        {
            await AnswerNowAsync(context, body, pending.Result);
            return;
        }

        await TakeSlotAsync(cancellationToken);
        _inFlight.Add(context);
        _ = AnswerLaterAsync(context, body, pending);
    }

    private async ValueTask TakeSlotAsync(CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(0, cancellationToken))
        {
            // What is answered already has to go out before we wait for the rest.
            await FlushAsync();
            await _slots.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells the eras apart, and gives the message its session.</summary>
    private Failure? Classify(McpContext context)
    {
        var snapshot = _catalog.Current;
        context.View = snapshot.Root;
        context.Caller = _caller.Of(snapshot.Config);
        context.Stream = this;
        context.InFlight = _inFlight;
        context.NetworkTransport = "pipe";
        if (context.Envelope.Kind == EnvelopeKind.Batch)
        {
            context.Session = _session;
            context.Revision = _session?.Revision ?? Revisions.LatestLegacy;
            return context.Revision == Revision.V20250326
                ? null
                : new Failure(FailureKind.InvalidRequest, "Invalid request: a message is a JSON object; arrays exist only in sessions of 2025-03-26.");
        }

        if (context.Envelope.ProtocolVersion.IsPresent)
        {
            context.Revision = Revisions.Latest;
            context.LookAsDeclared();
            return ModernMetadata.Check(context);
        }

        context.Session = _session;
        context.Revision = _session?.Revision ?? Revisions.LatestLegacy;
        context.LookAsDeclared();
        if (_session is not null || context.Envelope.Kind != EnvelopeKind.Request || context.Envelope.Method is McpMethod.Initialize or McpMethod.Ping)
        {
            return null;
        }

        return context.Envelope.Method == McpMethod.Discover
            ? ModernMetadata.Missing(MetaKeys.ProtocolVersionText)
            : new Failure(FailureKind.SessionRequired, "Invalid request: send 'initialize' first, or the metadata of 2026-07-28 in 'params._meta'.");
    }

    private async ValueTask AnswerNowAsync(McpContext context, Utf8Buffer body, McpResult result)
    {
        using (body)
        using (result)
        {
            TakeSession(context);
            if (result.Kind != McpResultKind.None && context.Envelope.Kind != EnvelopeKind.Response)
            {
                Write(_ready, context, result);
            }
        }

        McpContextPool.Return(context);
        if (_ready.Length >= WriteBatch)
        {
            await FlushAsync();
        }
    }

    private async Task AnswerLaterAsync(McpContext context, Utf8Buffer body, ValueTask<McpResult> pending)
    {
        using var result = await pending;
        _inFlight.Remove(context);
        TakeSession(context);
        var message = Utf8Buffer.Rent(result.Json.Length + 256);

        // What the client has cancelled is not answered (both eras, "Cancellation").
        if (result.Kind != McpResultKind.None && !context.IsCancelledByClient)
        {
            Write(message, context, result);
        }

        body.Dispose();
        McpContextPool.Return(context);
        try
        {
            await _outbound.Writer.WriteAsync(message);
        }
        catch (ChannelClosedException)
        {
            message.Dispose();
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>The session that a handshake opened is the connection's from its answer on, and before the answer goes out.</summary>
    private void TakeSession(McpContext context)
    {
        if (context.OpenedSession is { } opened)
        {
            opened.Unsolicited = this;
            Interlocked.Exchange(ref _session, opened)?.End();
        }
    }

    private static void Write(Utf8Buffer target, McpContext context, in McpResult result)
    {
        var start = target.Length;
        AnswerWriter.Write(target, context, result);
        target.ToOneLine(start);
        target.Write((byte)'\n');
    }

    private static void Frame(Utf8Buffer message)
    {
        message.ToOneLine();
        message.Write((byte)'\n');
    }

    private async ValueTask RefuseAsync(Failure failure)
    {
        McpMessages.WriteFailure(_ready, [], failure, Revisions.Latest);
        _ready.Write((byte)'\n');
        await FlushAsync();
    }

    /// <summary>Hands over what was answered at once: one buffer for as many answers as one read brought requests.</summary>
    private async ValueTask FlushAsync()
    {
        if (_ready.Length == 0)
        {
            return;
        }

        var full = _ready;
        _ready = Utf8Buffer.Rent(WriteBatch);
        await _outbound.Writer.WriteAsync(full, _stopping);
    }

    /// <summary>Whether the client has read nearly all that there is for it.</summary>
    /// <param name="written">When to ask again.</param>
    private bool IsInStep(out Task written)
    {
        written = Task.CompletedTask;
        if (_outbound.Reader.Count < InStep || _outbound.Reader.Completion.IsCompleted)
        {
            return true;
        }

        // First the wish to be told, then another look: else what is written in between would not be heard of.
        var source = Volatile.Read(ref _written);
        if (source is null)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            source = Interlocked.CompareExchange(ref _written, mine, null) ?? mine;
        }

        written = source.Task;
        return _outbound.Reader.Count < InStep || _outbound.Reader.Completion.IsCompleted;
    }

    private void TellOfWritten() => Interlocked.Exchange(ref _written, null)?.SetResult();

    private async Task WriteAsync()
    {
        using var batch = Utf8Buffer.Rent(WriteBatch);
        try
        {
            while (await _outbound.Reader.WaitToReadAsync())
            {
                batch.Clear();
                while (batch.Length < WriteBatch && _outbound.Reader.TryRead(out var message))
                {
                    batch.Write(message.Span);
                    message.Dispose();
                }

                await _output.WriteAsync(batch.Memory);
                await _output.FlushAsync();
                TellOfWritten();
            }
        }
        catch (IOException)
        {
            // The client has closed its end; what is still answered goes nowhere.
            _outbound.Writer.TryComplete();
            while (_outbound.Reader.TryRead(out var message))
            {
                message.Dispose();
            }
        }
        finally
        {
            TellOfWritten();
        }
    }

    private async Task DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        for (var i = 0; i < MostInFlight; i++)
        {
            await _slots.WaitAsync(timeout.Token);
        }
    }
}
