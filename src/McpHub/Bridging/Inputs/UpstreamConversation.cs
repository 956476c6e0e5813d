using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Bridging.Inputs;

/// <summary>A call to a legacy server, which goes on while a modern client brings what the server asks for.</summary>
internal sealed class UpstreamConversation(InputKinds client, CallRelay relay, TimeProvider time) : Conversation(client, relay, time)
{
    private InteractiveSession? _held;
    private CancellationTokenRegistration _stopping;

    /// <summary>The revision that the server speaks.</summary>
    public Revision Revision { get; private set; }

    /// <summary>What the server answers in the end.</summary>
    public Task<UpstreamReply> Reply { get; private set; } = null!;

    protected override Task Work => Reply;

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
        _stopping = session.Stopping.UnsafeRegister(static state => ((UpstreamConversation)state!).End(), this);
        Reply = SendAsync(call, session);
    }

    protected override async Task WindUpAsync()
    {
        try
        {
            (await Reply).Dispose();
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException or ObjectDisposedException)
        {
            // Cancelled, as it should be.
        }
    }

    protected override void Release()
    {
        _stopping.Unregister();
        _held?.Dispose();
    }

    private async Task<UpstreamReply> SendAsync(UpstreamCall call, InteractiveSession session)
    {
        using (call)
        {
            try
            {
                return await session.Connection.SendAsync(call, Ended);
            }
            catch
            {
                // The server may not have noticed that nobody waits, and go on asking.
                session.Spend();
                throw;
            }
        }
    }
}
