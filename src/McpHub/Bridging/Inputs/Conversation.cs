using System.Threading.Channels;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// A call to a legacy server that outlives the request of the modern client that began it: while the server waits for input, the
/// client has its answer (<c>input_required</c>) and the call is parked, until the client brings the input with the same request again
/// (rule T7). One request at a time holds it.
/// </summary>
internal sealed class Conversation : ICallInputs
{
    // A server that asks for more than this at once gets no answers to the rest.
    private const int MostAtOnce = 32;

    /// <summary>
    /// How long a server must have been quiet before its requests go to the client: one that asks for several things at once sends a
    /// message for each, and a client should see them in one round. Little for whoever answers, more than a busy machine's hiccup.
    /// </summary>
    internal static readonly TimeSpan GatheringPause = TimeSpan.FromMilliseconds(100);

    private readonly InputKinds _client;
    private readonly TimeProvider _time;
    private readonly Channel<InputRequest> _asked =
        Channel.CreateBounded<InputRequest>(new BoundedChannelOptions(MostAtOnce) { SingleReader = true });
    private readonly List<InputRequest> _open = [];
    private readonly CancellationTokenSource _ended = new();
    private Task<UpstreamReply> _reply = null!;
    private InteractiveSession? _held;
    private CancellationTokenRegistration _stopping;
    private int _asks;
    private int _isEnded;

    public Conversation(InputKinds client, CallRelay relay, TimeProvider time)
    {
        _client = client;
        _time = time;
        Relay = relay;
    }

    /// <summary>Carries progress and logs to whichever request holds the conversation.</summary>
    public CallRelay Relay { get; }

    /// <summary>The revision that the server speaks.</summary>
    public Revision Revision { get; private set; }

    /// <summary>What the server still waits for.</summary>
    public IReadOnlyList<InputRequest> Open => _open;

    /// <summary>Makes the call.</summary>
    /// <param name="call">The call; the conversation owns it.</param>
    /// <param name="session">
    /// What the call is made in; nothing else asks in it as long as the conversation goes on, or its answers are told apart. Given back when
    /// the conversation ends.
    /// </param>
    public void Start(UpstreamCall call, InteractiveSession session)
    {
        Revision = session.Connection.Revision;
        _held = session;
        _stopping = session.Stopping.UnsafeRegister(static state => ((Conversation)state!)._ended.Cancel(), this);
        _reply = SendAsync(call, session);
    }

    /// <summary>Goes on until the server has answered or wants input.</summary>
    /// <param name="cancellationToken">Ends the wait, and with it the call.</param>
    /// <returns>The reply, which ends the conversation; <see langword="null"/> if there are requests in <see cref="Open"/>.</returns>
    public async ValueTask<UpstreamReply?> NextAsync(CancellationToken cancellationToken)
    {
        using var cancel = cancellationToken.UnsafeRegister(static state => ((Conversation)state!)._ended.Cancel(), this);

        // What the server has meanwhile taken back is not asked for again.
        _open.RemoveAll(static request => request.Answer.IsCompleted);
        for (var quiet = BeQuietAsync(); !_reply.IsCompleted && !quiet.IsCompleted;)
        {
            var asked = _asked.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            if (await Task.WhenAny(_reply, asked, quiet) == asked)
            {
                if (!await asked)
                {
                    break;
                }

                TakeAsked();
                quiet = BeQuietAsync();
            }
        }

        return _reply.IsCompleted || _open.Count == 0 ? await _reply : null;
    }

    /// <summary>Gives the server what the client brought; what is missing, or is no answer, stays open.</summary>
    public void Answer(ReadOnlySpan<byte> inputResponses)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var members = new JsonMembers(inputResponses);
            while (members.MoveNext())
            {
                if (JsonText.Decode(members.Name) == _open[i].Key && _open[i].TryAnswer(members.Value))
                {
                    _open.RemoveAt(i);
                    break;
                }
            }
        }
    }

    public async ValueTask<ClientAnswer> AskAsync(McpMethod method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        if (!InputCapabilities.CanBeAsked(_client, method, parameters.Span))
        {
            return InputRefusal.NotDeclared(method);
        }

        var written = InputParameters.Write(method, parameters.Span, _client, Revisions.Latest);
        var request = new InputRequest($"{KeyOf(method)}_{Interlocked.Increment(ref _asks)}", method, written);
        if (!_asked.Writer.TryWrite(request))
        {
            return InputRefusal.Unreachable(method);
        }

        using var withdrawn = cancellationToken.UnsafeRegister(static state => ((InputRequest)state!).GiveUp(), request);
        using var ended = _ended.Token.UnsafeRegister(static state => ((InputRequest)state!).GiveUp(), request);
        return await request.Answer;
    }

    /// <summary>Nobody will come back: what the server waits for is refused, and its call cancelled.</summary>
    public async Task AbandonAsync()
    {
        await _ended.CancelAsync();
        try
        {
            (await _reply).Dispose();
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException or ObjectDisposedException)
        {
            // Cancelled, as it should be.
        }
    }

    /// <summary>The call is over, whoever asked for its end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            _asked.Writer.TryComplete();
            _ended.Cancel();
            _stopping.Unregister();
            _held?.Dispose();
        }
    }

    private async Task<UpstreamReply> SendAsync(UpstreamCall call, InteractiveSession session)
    {
        using (call)
        {
            try
            {
                return await session.Connection.SendAsync(call, _ended.Token);
            }
            catch
            {
                // The server may not have noticed that nobody waits, and go on asking.
                session.Spend();
                throw;
            }
        }
    }

    private Task BeQuietAsync() =>
        Task.Delay(_open.Count > 0 ? GatheringPause : Timeout.InfiniteTimeSpan, _time, CancellationToken.None);

    private void TakeAsked()
    {
        while (_asked.Reader.TryRead(out var request))
        {
            if (!request.Answer.IsCompleted)
            {
                _open.Add(request);
            }
        }
    }

    private static string KeyOf(McpMethod method) => method switch
    {
        McpMethod.Elicit => "elicitation",
        McpMethod.ListRoots => "roots",
        _ => "sampling",
    };
}
