using System.Security.Cryptography;
using System.Text;
using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>What the gateway remembers of one legacy client between its requests. Kept small: an idle one is held by the thousand.</summary>
/// <param name="id">The session's id; empty over stdio, where the connection is the session.</param>
/// <param name="revision">The negotiated revision.</param>
/// <param name="capabilities">The client's capabilities, as it sent them.</param>
internal sealed partial class ClientSession(string id, Revision revision, byte[] capabilities)
{
    private InFlightRequests? _inFlight;
    private ClientRequests? _requests;
    private ISessionStreams? _streams;
    private volatile IClientStream _unsolicited = NullClientStream.Instance;
    private volatile Caller _caller = Caller.Anonymous;
    private long _lastUsed;
    private string? _auditId;

    public string Id { get; } = id;

    /// <summary>What tells the session from others in the audit, and is no use to whoever reads it there: the beginning of its id's hash.</summary>
    public string AuditId => _auditId ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Id)).AsSpan(0, 8));

    public Revision Revision { get; } = revision;

    public byte[] Capabilities { get; } = capabilities;

    /// <summary>What of its capabilities servers go by. The tasks extension is not for sessions.</summary>
    public ClientFeatures Features { get; } = ClientCapabilities.Read(capabilities) & ~ClientFeatures.Tasks;

    /// <summary>What servers may ask of the client, by its capabilities.</summary>
    public InputKinds Inputs => (InputKinds)(Features & ClientFeatures.Inputs);

    /// <summary>Who opened the session, by the credential that was shown last; nobody else may use it.</summary>
    public Caller Caller
    {
        get => _caller;
        set => _caller = value;
    }

    /// <summary>The endpoint that the session was opened on: <c>/mcp</c> or <c>/mcp/SERVER</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The least severe log level that the client asked for by <c>logging/setLevel</c>.</summary>
    public McpLogLevel? LogLevel { get; set; }

    /// <summary>When the session was last used, in ticks of its store's clock.</summary>
    public long LastUsed
    {
        get => Volatile.Read(ref _lastUsed);
        set => Volatile.Write(ref _lastUsed, value);
    }

    /// <summary>Made on the first request that outlasts its first moment; most sessions never need one.</summary>
    public InFlightRequests InFlight => LazyInitializer.EnsureInitialized(ref _inFlight);

    /// <summary>What the gateway has asked this client; most sessions are never asked anything.</summary>
    public ClientRequests Requests => LazyInitializer.EnsureInitialized(ref _requests);

    /// <summary>
    /// The way to the client outside of any request: the pipe over stdio, the stream of a GET over HTTP. Nowhere while there is none.
    /// </summary>
    public IClientStream Unsolicited
    {
        get => _unsolicited;
        set
        {
            _unsolicited = value;
            _listener?.Flush();
        }
    }

    /// <summary>Raised when the client says that its roots have changed.</summary>
    public event Action? RootsChanged;

    /// <summary>What the transport keeps of the session's event streams; <see langword="null"/> before the first one.</summary>
    public ISessionStreams? Streams => Volatile.Read(ref _streams);

    public bool IsBusy => _inFlight is { IsEmpty: false } || Streams is { IsOpen: true };

    public void OnRootsChanged() => RootsChanged?.Invoke();

    /// <summary>Keeps the streams, unless somebody else was faster; answers with those that are kept.</summary>
    public ISessionStreams Keep(ISessionStreams streams)
    {
        var kept = Interlocked.CompareExchange(ref _streams, streams, null) ?? streams;
        if (IsEnded)
        {
            // Made while the session ended, or after it: nobody else would end them.
            kept.End();
        }

        return kept;
    }

    public void CancelAll() => _inFlight?.CancelAll();
}
