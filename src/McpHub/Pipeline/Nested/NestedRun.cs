using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline.Nested;

/// <summary>
/// One run of a nesting tool: who wants it, and the way to other tools and to its caller. It outlives its request when a modern client is
/// asked something, so it holds nothing that is given back with the request. Thread-safe.
/// </summary>
internal sealed class NestedRun
{
    private readonly McpPipeline _pipeline;
    private readonly CallRelay _relay;
    private readonly ICallInputs? _inputs;
    private readonly ClientSession? _session;
    private readonly NestedStanding _standing;
    private readonly string _networkTransport;
    private readonly System.Diagnostics.ActivityContext _trace;
    private readonly int _mostDeep;
    private long _lastId;

    /// <param name="pipeline">What calls go through.</param>
    /// <param name="context">The request; nothing of it is kept but what is not given back.</param>
    /// <param name="relay">The way to the client, whichever of its requests holds the run.</param>
    /// <param name="inputs">Who answers what is asked; <see langword="null"/> if nobody can.</param>
    /// <param name="mostDeep">How many runs may be inside each other.</param>
    public NestedRun(McpPipeline pipeline, McpContext context, CallRelay relay, ICallInputs? inputs, int mostDeep)
    {
        _pipeline = pipeline;
        _relay = relay;
        _inputs = inputs;
        _mostDeep = mostDeep;
        _session = context.Session;
        _standing = context.Standing ?? new NestedStanding(context);
        _networkTransport = context.NetworkTransport;
        _trace = context.Trace;
        Depth = context.Depth + 1;
        Tool = context.Entry!;
        Arguments = context.Envelope.Arguments.IsPresent ? context.Slice(context.Envelope.Arguments).ToArray() : "{}"u8.ToArray();
    }

    private NestedRun(NestedRun run)
    {
        _pipeline = run._pipeline;
        _relay = run._relay;

        // Nobody is left to ask: a server that went by these would open a session of its own for the run, and ask in it.
        _standing = run._standing.Without(ClientFeatures.Inputs);
        _networkTransport = run._networkTransport;
        _trace = run._trace;
        _mostDeep = run._mostDeep;
        Depth = run.Depth;
        Tool = run.Tool;
        Arguments = run.Arguments;
    }

    /// <summary>The tool that runs.</summary>
    public CatalogEntry Tool { get; }

    /// <summary>The arguments object.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Who called the tool, and on whose behalf it calls others.</summary>
    public Caller Caller => _standing.Current.Caller;

    /// <summary>What the caller sees.</summary>
    public CatalogView View => _standing.Current.View;

    /// <summary>What of the client's capabilities servers go by in the run's calls.</summary>
    public ClientFeatures Features => _standing.Current.Features;

    /// <summary>1 for a run that a client began, 2 for one that such a run began, and so on.</summary>
    public int Depth { get; }

    /// <summary>What the calls made for the run continue; default when nobody traces.</summary>
    public System.Diagnostics.ActivityContext Trace => _trace;

    /// <summary>Whether the client wants to be told how far the run is.</summary>
    public bool WantsProgress => _relay.WantsProgress;

    /// <summary>Calls a tool as the run's caller: the call is permitted, limited, recorded, cached and measured as the caller's own would be.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<NestedResult> CallAsync(NestedCall call, CancellationToken cancellationToken)
    {
        if (Depth > _mostDeep)
        {
            return new NestedResult(
                McpResult.Fail(FailureKind.InvalidParams, $"Tools call each other {_mostDeep} deep at most; this call would be one more."), isFromCache: false);
        }

        var context = McpContextPool.Rent();
        using var message = Write(call);
        try
        {
            context.Message = message.Memory;
            if (EnvelopeReader.Read(message.Span, out context.Envelope) is { } failure)
            {
                return new NestedResult(McpResult.Fail(failure), isFromCache: false);
            }

            context.Revision = Revisions.LatestLegacy;
            var (caller, view, features) = _standing.Current;
            context.Standing = _standing;
            context.Caller = caller;
            context.Session = _session;
            context.View = view;
            context.LookAs(features);
            context.Inputs = _inputs;
            context.Depth = Depth;
            context.SkipsText = call.SkipsText;
            context.Seat = call.Seat;
            context.IsUnhurried = call.IsUnhurried;
            context.NetworkTransport = _networkTransport;
            context.Stream = call.Progress is null && _session is null ? NullClientStream.Instance : new NestedStream(call.Progress, _relay, _session is not null);
            return call.Timeout is null && !cancellationToken.CanBeCanceled
                ? await InvokeAsync(context)
                : await InvokeAsync(context, call.Timeout, cancellationToken);
        }
        finally
        {
            McpContextPool.Return(context);
        }
    }

    /// <summary>The same run for what goes on after the tool has given its result: nobody can be asked, or told of anything, any more.</summary>
    public NestedRun Detach() => new(this);

    /// <summary>The run goes on for another request of its caller: what it calls from now on is judged by what the caller may have now.</summary>
    public void Renew(McpContext context) => _standing.Renew(context);

    /// <summary>Asks the caller.</summary>
    /// <param name="method">Sampling, elicitation or roots.</param>
    /// <param name="parameters">The parameters, as of 2025-11-25; empty for none.</param>
    /// <param name="cancellationToken">Takes the question back.</param>
    /// <returns>The answer; an error if the client can't be asked this.</returns>
    public ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) =>
        _inputs is null ? new ValueTask<ClientAnswer>(InputRefusal.NotDeclared(method)) : _inputs.AskAsync(method, parameters, cancellationToken);

    /// <summary>Tells the client how far the run is, if it wants to know.</summary>
    /// <param name="progress">How far; what is not more than the last time is left out.</param>
    /// <param name="total">How far there is to go; <see langword="null"/> if nobody knows.</param>
    /// <param name="message">In words; <see langword="null"/> for none.</param>
    public void Report(double progress, double? total, string? message)
    {
        if (WantsProgress)
        {
            using var parameters = Utf8Buffer.Rent();
            ProgressParameters.Write(parameters, progress, total, message);
            _relay.Progress(parameters.Span);
        }
    }

    private static async ValueTask<NestedResult> EndAsync(McpContext context, ValueTask<McpResult> pending) =>
        new(await pending, context.IsFromCache);

    private ValueTask<NestedResult> InvokeAsync(McpContext context)
    {
        var pending = _pipeline.InvokeAsync(context);
        return pending.IsCompletedSuccessfully ? new ValueTask<NestedResult>(new NestedResult(pending.Result, context.IsFromCache)) : EndAsync(context, pending);
    }

    private async ValueTask<NestedResult> InvokeAsync(McpContext context, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        using var deadline = timeout is { } limit ? new CancellationTokenSource(limit, _pipeline.Subscriptions.Time) : null;
        using var cancelled = cancellationToken.UnsafeRegister(static state => ((McpContext)state!).Cancel(), context);
        using var late = deadline?.Token.UnsafeRegister(static state => ((McpContext)state!).Cancel(), context);
        var result = await _pipeline.InvokeAsync(context);
        if (result.Failure is { Kind: FailureKind.Cancelled } && deadline is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            result = McpResult.Fail(FailureKind.TimedOut, $"The call took more than {timeout!.Value.TotalSeconds:0.###} s. It may have run.");
        }

        return new NestedResult(result, context.IsFromCache);
    }

    private Utf8Buffer Write(in NestedCall call)
    {
        var id = Interlocked.Increment(ref _lastId);
        var buffer = Utf8Buffer.Rent(call.ToolJson.Length + call.Arguments.Length + 160);
        McpMessages.BeginRequest(buffer, id, McpMethod.CallTool);
        var parameters = new ObjectCopy(buffer);
        parameters.Member("name"u8, call.ToolJson.Span);
        if (!call.Arguments.IsEmpty)
        {
            parameters.Member("arguments"u8, call.Arguments.Span);
        }

        if (call.Progress is not null)
        {
            parameters.Begin("_meta"u8);
            var meta = new ObjectCopy(buffer);
            meta.Begin("progressToken"u8);
            buffer.Write(id);
            meta.End();
        }

        parameters.End();
        buffer.Write((byte)'}');
        return buffer;
    }
}
