using System.Threading.Channels;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// Work that outlives the request of the modern client that began it: while it waits for input, the client has its answer
/// (<c>input_required</c>) and the work is parked, until the client brings the input with the same request again (rule T7). One request
/// at a time holds it.
/// </summary>
internal abstract class Conversation : ICallInputs
{
    // Who asks for more than this at once gets no answers to the rest.
    private const int MostAtOnce = 32;

    /// <summary>
    /// How long nothing more must have been asked before requests go to the client: a server that asks for several things at once sends a
    /// message for each, and a client should see them in one round. Little for whoever answers, more than a busy machine's hiccup.
    /// </summary>
    internal static readonly TimeSpan GatheringPause = TimeSpan.FromMilliseconds(100);

    private readonly InputKinds _client;
    private readonly TimeProvider _time;
    private readonly Channel<InputRequest> _asked =
        Channel.CreateBounded<InputRequest>(new BoundedChannelOptions(MostAtOnce) { SingleReader = true });
    private readonly List<InputRequest> _open = [];
    private readonly CancellationTokenSource _ended = new();
    private int _asks;
    private int _isEnded;

    protected Conversation(InputKinds client, CallRelay relay, TimeProvider time)
    {
        _client = client;
        _time = time;
        Relay = relay;
    }

    /// <summary>Carries progress and logs to whichever request holds the conversation.</summary>
    public CallRelay Relay { get; }

    /// <summary>What is still waited for.</summary>
    public IReadOnlyList<InputRequest> Open => _open;

    /// <summary>Completes when there is nothing more to ask.</summary>
    protected abstract Task Work { get; }

    /// <summary>Cancelled when the work has no more use, or is over.</summary>
    protected CancellationToken Ended => _ended.Token;

    /// <summary>Goes on until the work is over or wants input.</summary>
    /// <param name="cancellationToken">Ends the wait, and with it the work.</param>
    /// <returns>Whether the work is over, or fails as soon as it is waited for; if not, there are requests in <see cref="Open"/>.</returns>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        using var cancel = cancellationToken.UnsafeRegister(static state => ((Conversation)state!)._ended.Cancel(), this);

        // What has meanwhile been taken back is not asked for again.
        _open.RemoveAll(static request => request.Answer.IsCompleted);
        for (var quiet = BeQuietAsync(); !Work.IsCompleted && !quiet.IsCompleted;)
        {
            var asked = _asked.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            if (await Task.WhenAny(Work, asked, quiet) == asked)
            {
                if (!await asked)
                {
                    break;
                }

                TakeAsked();
                quiet = BeQuietAsync();
            }
        }

        return Work.IsCompleted || _open.Count == 0;
    }

    /// <summary>Hands over what the client brought; what is missing, or is no answer, stays open.</summary>
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

    /// <summary>Nobody will come back: what is waited for is refused, and the work cancelled.</summary>
    public async Task AbandonAsync()
    {
        await _ended.CancelAsync();
        await WindUpAsync();
    }

    /// <summary>The work is over, whoever asked for its end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            _asked.Writer.TryComplete();
            _ended.Cancel();
            Release();
        }
    }

    /// <summary>The work has no more use; nobody waits for what comes of it.</summary>
    protected void End() => _ended.Cancel();

    /// <summary>Waits for the end of work that is cancelled, and gives back what came of it.</summary>
    protected abstract Task WindUpAsync();

    /// <summary>Gives back what the work was done with.</summary>
    protected abstract void Release();

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
