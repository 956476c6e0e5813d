using McpHub.Pipeline;
using McpHub.Pipeline.Nested;

namespace McpHub.Bridging.Inputs;

/// <summary>A run of a nesting tool, which goes on while a modern client brings what the tool, or what it calls, asks for.</summary>
internal sealed class RunConversation(InputKinds client, CallRelay relay, TimeProvider time) : Conversation(client, relay, time)
{
    private NestedRun? _run;

    /// <summary>When it began, as a timestamp of its time.</summary>
    public long Started { get; } = time.GetTimestamp();

    /// <summary>What the tool gives in the end.</summary>
    public Task<NestedOutput> Output { get; private set; } = null!;

    protected override Task Work => Output;

    public void Start(INestingTool tool, NestedRun run)
    {
        _run = run;
        Output = RunAsync(tool, run);
    }

    /// <summary>Another request has the run now.</summary>
    public void GoOnFor(McpContext context)
    {
        _run!.Renew(context);
        Relay.Attach(context, isNewRequest: true);
    }

    protected override async Task WindUpAsync()
    {
        try
        {
            (await Output).Dispose();
        }
        catch (OperationCanceledException)
        {
            // Cancelled, as it should be.
        }
    }

    protected override void Release()
    {
    }

    private async Task<NestedOutput> RunAsync(INestingTool tool, NestedRun run) => await tool.RunAsync(run, Ended);
}
