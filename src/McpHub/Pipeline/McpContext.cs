using System.Diagnostics;
using McpHub.Auditing;
using McpHub.Batching;
using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Observability;
using McpHub.Pipeline.Nested;
using McpHub.Protocol;
using McpHub.RateLimiting;

namespace McpHub.Pipeline;

/// <summary>
/// One message on its way through the pipeline: its bytes, who sent it, and what it resolved to. Pooled; nothing may keep it beyond
/// the answer.
/// </summary>
internal sealed class McpContext : IDisposable
{
    // The client's time ends first, so that its server is answered.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A server that reports progress, or asks something, for ever has to end some time (lifecycle, "Timeouts": a maximum regardless of
    /// progress).
    /// </summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromHours(1);

    private CancellationTokenSource _cancellation = new();
    private bool _isCancelledByClient;
    private TimeSpan _timeout;

    /// <summary>The message's bytes.</summary>
    public ReadOnlyMemory<byte> Message;

    /// <summary>Where the pieces of <see cref="Message"/> lie.</summary>
    public Envelope Envelope;

    /// <summary>The revision that the client speaks in this message.</summary>
    public Revision Revision { get; set; }

    /// <summary>Who sent the message.</summary>
    public Caller Caller { get; set; } = Caller.Anonymous;

    /// <summary>The client's session; <see langword="null"/> for modern clients and before the handshake.</summary>
    public ClientSession? Session { get; set; }

    /// <summary>The catalog as it was when the message came in; read once, so that a reload doesn't change a running request.</summary>
    public CatalogView View { get; set; } = CatalogView.Empty;

    /// <summary>What of the client's capabilities servers go by.</summary>
    public ClientFeatures Features { get; private set; }

    /// <summary>How notifications reach the client before the answer.</summary>
    public IClientStream Stream { get; set; } = NullClientStream.Instance;

    /// <summary>
    /// Who answers what servers ask during a call that is made on behalf of another request; <see langword="null"/> for a client's own
    /// request, where the client does.
    /// </summary>
    public ICallInputs? Inputs { get; set; }

    /// <summary>What a call made on behalf of another request is judged by; <see langword="null"/> for a client's own.</summary>
    public NestedStanding? Standing { get; set; }

    /// <summary>
    /// Whether the text of a result is of no use to whoever calls where there is structured content too: most of what a native tool
    /// writes would be JSON within a string then, which nobody reads. Never for a client's own request.
    /// </summary>
    public bool SkipsText { get; set; }

    /// <summary>How many requests this one is made on behalf of, one inside the other; 0 for a client's own.</summary>
    public int Depth { get; set; }

    /// <summary>Whether the answer was there before the request came.</summary>
    public bool IsFromCache { get; set; }

    /// <summary>How the client is connected, for telemetry: <c>tcp</c> or <c>pipe</c>.</summary>
    public string NetworkTransport { get; set; } = "";

    /// <summary>The requests that the same client has in flight; <see langword="null"/> where the connection itself is the request.</summary>
    public InFlightRequests? InFlight { get; set; }

    /// <summary>The neighbours in <see cref="InFlightRequests"/>, which alone touches them.</summary>
    internal McpContext? PreviousInFlight { get; set; }

    /// <inheritdoc cref="PreviousInFlight"/>
    internal McpContext? NextInFlight { get; set; }

    /// <summary>What the request was found to be about: a tool, a prompt, a resource.</summary>
    public CatalogEntry? Entry { get; set; }

    /// <summary>The id of the policy's rule that has decided on the request; empty where none had to.</summary>
    public string Rule { get; set; } = "";

    /// <summary>Whether there is what the request is about, and the policy keeps it from the caller.</summary>
    public bool IsDenied { get; set; }

    /// <summary>What the tool's tier says for one call; <see langword="null"/> if it says nothing.</summary>
    public TimeSpan? TierTimeout { get; set; }

    /// <summary>What the request holds of limits; <see langword="null"/> in a context that never held anything.</summary>
    public LimitLeases? Leases { get; set; }

    /// <summary>Where the request's line goes at its end; <see langword="null"/> if it has none, or is being waited for.</summary>
    public AuditLog? Audit { get; set; }

    /// <summary>What the call changes, which is forgotten when it has ended; <see langword="null"/> for nearly every request.</summary>
    public PendingInvalidation? Invalidation { get; set; }

    /// <summary>Where an <c>initialize</c> gets a place for its session; <see langword="null"/> where the connection has one.</summary>
    public ISessionPlaces? SessionPlaces { get; set; }

    /// <summary>The session that an <c>initialize</c> opened, and which holds one of <see cref="SessionPlaces"/>.</summary>
    public ClientSession? OpenedSession { get; private set; }

    /// <summary>The call's place among several that become one; <see langword="null"/> for nearly every call.</summary>
    public BulkSeat? Seat { get; set; }

    /// <summary>Whether its caller has said that there is no hurry.</summary>
    public bool IsUnhurried { get; set; }

    /// <summary>The trace context that calls made for this request continue; default when nobody traces.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>What measures the request; the observer's alone.</summary>
    public McpOperation Operation;

    /// <summary>When the request came, as a <see cref="Stopwatch"/> timestamp.</summary>
    public long Started { get; set; }

    /// <summary>Cancelled by <see cref="Cancel"/>.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    public ReadOnlySpan<byte> Id => Envelope.Id.Of(Message.Span);

    /// <summary>The name, URI or task id that the request is about, as JSON with its quotes; empty when it has none.</summary>
    public ReadOnlySpan<byte> Target =>
        (Envelope.Method.IsOfResource() ? Envelope.Uri : Envelope.Method.IsOfTask() ? Envelope.TaskId : Envelope.Name).Of(Message.Span);

    public ReadOnlySpan<byte> Slice(Slice slice) => slice.Of(Message.Span);

    /// <summary>Whether the client itself ended the request, so that nothing is to be answered.</summary>
    public bool IsCancelledByClient => Volatile.Read(ref _isCancelledByClient);

    /// <summary>Now that it is known who asks, the catalog is what such a client sees.</summary>
    public void LookAsDeclared()
    {
        Features = Session?.Features ?? ClientCapabilities.Read(Slice(Envelope.ClientCapabilities));
        View = View.SeenBy(Features);
    }

    /// <summary>The catalog is already what the client sees, whose request this one is made on behalf of.</summary>
    public void LookAs(ClientFeatures features) => Features = features;

    /// <summary>Opens a session, if there is a place for it.</summary>
    /// <returns>Why there is none, or <see langword="null"/>.</returns>
    public Failure? OpenSession(ClientSession session)
    {
        var failure = SessionPlaces?.Reserve();
        OpenedSession = failure is null ? session : null;
        return failure;
    }

    /// <summary>Hands the opened session, with its place, to whoever keeps it.</summary>
    public ClientSession? TakeOpenedSession()
    {
        var session = OpenedSession;
        OpenedSession = null;
        return session;
    }

    /// <summary>Nobody keeps the opened session: its client is not told of it.</summary>
    public void DropOpenedSession()
    {
        if (TakeOpenedSession() is not null)
        {
            SessionPlaces?.Release();
        }
    }

    /// <summary>Ends the work for this request: its client has no more use for an answer.</summary>
    public void Cancel()
    {
        Volatile.Write(ref _isCancelledByClient, true);
        _cancellation.Cancel();
    }

    /// <summary>Cancels the request when it takes longer than this.</summary>
    public void StartDeadline(TimeSpan timeout)
    {
        _timeout = timeout;
        _cancellation.CancelAfter(timeout);
    }

    /// <summary>Whether there is a deadline.</summary>
    public bool HasDeadline => _timeout != default;

    /// <summary>The request makes progress: its deadline begins anew, up to a limit that no progress moves.</summary>
    public void ExtendDeadline()
    {
        if (_timeout != default && Stopwatch.GetElapsedTime(Started) + _timeout < LongestCall)
        {
            _cancellation.CancelAfter(_timeout);
        }
    }

    /// <summary>The client has a time of its own now, because it is asked something; the deadline begins anew afterwards.</summary>
    public void HoldDeadline(TimeSpan limit)
    {
        if (_timeout != default)
        {
            _cancellation.CancelAfter(limit + Grace);
        }
    }

    /// <inheritdoc cref="HoldDeadline"/>
    public void ReleaseDeadline()
    {
        if (_timeout == default)
        {
            // A request without a deadline, as of a native tool, has none to begin anew.
            return;
        }

        // A server that asks again and again comes to an end like one that reports progress for ever.
        var left = (_timeout > LongestCall ? _timeout : LongestCall) - Stopwatch.GetElapsedTime(Started);
        _cancellation.CancelAfter(left > _timeout ? _timeout : left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Makes the context ready for the next message.</summary>
    public void Reset()
    {
        Message = default;
        Envelope = default;
        Revision = default;
        Caller = Caller.Anonymous;
        Session = null;
        View = CatalogView.Empty;
        Features = ClientFeatures.None;
        Stream = NullClientStream.Instance;
        Inputs = null;
        Standing = null;
        SkipsText = false;
        Depth = 0;
        IsFromCache = false;
        NetworkTransport = "";
        InFlight = null;
        Entry = null;
        Rule = "";
        IsDenied = false;
        TierTimeout = null;
        Audit = null;
        Leases?.Release();
        Invalidation = null;
        DropOpenedSession();
        SessionPlaces = null;
        Seat = null;
        IsUnhurried = false;
        Trace = default;
        Operation = default;
        Started = 0;
        _isCancelledByClient = false;
        _timeout = default;
        if (!_cancellation.TryReset())
        {
            _cancellation.Dispose();
            _cancellation = new CancellationTokenSource();
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
