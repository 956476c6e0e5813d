using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Transports;

namespace McpHub.Tests.Transports;

public sealed class LegacyBatchTests
{
    [Fact]
    public async Task Messages_AreTheBatchsCallers()
    {
        var caller = new Caller { Key = "somebody" };
        using var batch = new McpContext
        {
            Message = """[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]"""u8.ToArray(),
            Revision = Revision.V20250326,
            Caller = caller,
        };
        var callers = new List<Caller>();
        using var answers = Utf8Buffer.Rent();

        var failure = await LegacyBatch.RunAsync(
            batch,
            context =>
            {
                callers.Add(context.Caller);
                return new ValueTask<McpResult>(McpResult.Empty);
            },
            answers);

        Assert.Null(failure);
        Assert.Equal([caller, caller], callers);
    }
}
