using System.Text;
using System.Text.Json;
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
            1000,
            answers);

        Assert.Null(failure);
        Assert.Equal([caller, caller], callers);
    }

    [Fact]
    public async Task Answers_ThatDoNotFitTogether_AreErrors_AndTheOthersAreGiven()
    {
        using var answers = Utf8Buffer.Rent();

        await RunAsync($"[{Ping(1)},{Ping(2)},{Ping(3)}]", context => McpResult.Complete(Padded(context.Id.SequenceEqual("2"u8) ? 600 : 450)), answers);

        var parsed = JsonElement.Parse(answers.Span).EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3], parsed.Select(a => a.GetProperty("id").GetInt32()));
        Assert.Equal([true, false, true], parsed.Select(a => a.TryGetProperty("result", out _)));
        Assert.Contains("gateway.batch.maxResultBytes", parsed[1].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsCancelled_AndNotificationsThatAreWrong_AreNotAnswered()
    {
        const string Modern = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""";
        using var answers = Utf8Buffer.Rent();

        await RunAsync(
            $"[{Ping(1)},{Ping(2)},{Modern}]",
            context =>
            {
                if (context.Id.SequenceEqual("2"u8))
                {
                    context.Cancel();
                }

                return McpResult.Empty;
            },
            answers);

        Assert.Equal("""[{"jsonrpc":"2.0","id":1,"result":{}}]""", Encoding.UTF8.GetString(answers.Span));
    }

    private static string Ping(int id) => $$"""{"jsonrpc":"2.0","id":{{id}},"method":"ping"}""";

    /// <summary>A result object of so many bytes.</summary>
    private static byte[] Padded(int bytes) => Encoding.UTF8.GetBytes($$"""{"x":"{{new string('x', bytes - 8)}}"}""");

    private static async Task RunAsync(string array, Func<McpContext, McpResult> invoke, Utf8Buffer answers)
    {
        using var batch = new McpContext { Message = Encoding.UTF8.GetBytes(array), Revision = Revision.V20250326 };
        Assert.Null(await LegacyBatch.RunAsync(batch, context => new ValueTask<McpResult>(invoke(context)), 1000, answers));
    }
}
