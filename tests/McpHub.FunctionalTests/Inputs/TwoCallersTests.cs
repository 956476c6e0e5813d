using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Inputs;

/// <summary>Callers that share a legacy server over stdio, where nothing on the wire tells whose call a message is about.</summary>
public sealed class TwoCallersTests
{
    private const int CallsOfEach = 200;
    private const int AtOnce = 4;

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task NoRequestAndNoLogLine_ReachesTheWrongOne(string revision)
    {
        await using var gateway = await GatewayHost.StartAsync(StdioUpstreams.Config("s", "legacy"));
        Assert.True(Protocol.Revisions.TryParse(revision, out var parsed));

        var callers = await Task.WhenAll(new[] { "anna", "bert" }.Select(name => Caller.ConnectAsync(gateway, parsed, name)));
        await Task.WhenAll(callers.Select(c => c.RunAsync()));

        foreach (var caller in callers)
        {
            Assert.Equal(CallsOfEach, caller.Done);
            Assert.Equal(2 * CallsOfEach, caller.Asked);
            Assert.Empty(caller.Wrong);

            // Of a client's own calls on one stream, a line may be lost to none of them, but never to another client.
            Assert.True(caller.Logged > 0, "There are log lines.");
        }

        Assert.Empty(gateway.Log.Faults);
    }

    [Fact]
    public async Task Roots_AskedForOutsideOfAnyCall_AreTheOwnersOwn()
    {
        var record = Path.GetTempFileName();
        await using var gateway = await GatewayHost.StartAsync(StdioUpstreams.Config("s", "asks-roots", record));
        await using var client = gateway.OpenStdio();
        await client.AskAsync(Rpc.Initialize("1", "2025-11-25", """{"roots":{}}"""));
        await client.SendAsync(Rpc.Notification("notifications/initialized"));

        await client.SendAsync(Rpc.Request("2", "tools/call", Rpc.Call("s_echo")));

        var isAnswered = false;
        for (var got = 0; got < 2; got++)
        {
            var message = await client.ReadAsync();
            if (message.TryGetProperty("method", out var method))
            {
                Assert.Equal("roots/list", method.GetString());
                await client.SendAsync(Rpc.Result(message.GetProperty("id").GetRawText(), """{"roots":[{"uri":"file:///mine"}]}"""));
                isAnswered = true;
            }
        }

        Assert.True(isAnswered);
        await Patience.UntilAsync(() => IsAnsweredWith("file:///mine"), "the server has the roots");

        // The session that everybody shares has declared none, and its question is refused.
        await Patience.UntilAsync(() => IsAnsweredWith("-32601"), "the question of the shared session is refused");
        StdioUpstreams.DeleteRecord(record);

        bool IsAnsweredWith(string text) => StdioUpstreams.ReadRecord(record)
            .Any(l => l.StartsWith("answer ", StringComparison.Ordinal) && l.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>One client, which counts what is not its own.</summary>
    private sealed class Caller(McpClient client, string name)
    {
        private readonly List<string> _wrong = [];
        private int _asked;
        private int _done;
        private int _logged;

        public int Asked => _asked;

        public int Done => _done;

        public int Logged => _logged;

        public IReadOnlyList<string> Wrong => _wrong;

        public static async Task<Caller> ConnectAsync(GatewayHost gateway, Revision revision, string name)
        {
            var client = await McpClient.ConnectAsync(gateway, revision, capabilities: InputPair.Everything);
            client.Capabilities = InputPair.Everything;
            if (!revision.IsModern())
            {
                await client.RequestAsync("logging/setLevel", """{"level":"debug"}""");
            }

            return new Caller(client, name);
        }

        public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(RunSomeAsync));

        private async Task RunSomeAsync(int first)
        {
            for (var i = first; i < CallsOfEach; i += AtOnce)
            {
                var tag = $"{name}-{i}";
                foreach (var answer in await CallAsync(tag))
                {
                    foreach (var line in answer.Notifications.Where(n => n.GetProperty("method").GetString() == "notifications/message"))
                    {
                        Interlocked.Increment(ref _logged);
                        CheckMine(line);
                    }

                    if (answer.Code != 0)
                    {
                        Note(answer.ToString());
                    }
                    else if (!answer.NeedsInput() && answer.Text == tag)
                    {
                        Interlocked.Increment(ref _done);
                    }
                }
            }
        }

        private async Task<IReadOnlyList<HttpAnswer>> CallAsync(string tag)
        {
            var arguments = "{\"tag\":\"" + tag + "\"}";
            if (client.Revision.IsModern())
            {
                return await client.CompleteAsync("s_interview", Respond, arguments, """
                    "io.modelcontextprotocol/logLevel":"debug"
                    """);
            }

            var asked = new AskedClient(client, m => "\"result\":" + Respond(m));
            return [await asked.CallAsync("s_interview", arguments)];
        }

        /// <summary>Answers with the tag of the question.</summary>
        private string Respond(JsonElement request)
        {
            Interlocked.Increment(ref _asked);
            CheckMine(request);
            var parameters = request.GetProperty("params");
            return request.GetProperty("method").GetString() == "elicitation/create"
                ? "{\"action\":\"accept\",\"content\":{\"t\":" + parameters.GetProperty("message").GetRawText() + "}}"
                : "{\"role\":\"assistant\",\"content\":" + parameters.GetProperty("messages")[0].GetProperty("content").GetRawText() + ",\"model\":\"m\"}";
        }

        private void CheckMine(JsonElement message)
        {
            if (!message.GetRawText().Contains($"\"{name}-", StringComparison.Ordinal))
            {
                Note(message.GetRawText());
            }
        }

        private void Note(string wrong)
        {
            lock (_wrong)
            {
                _wrong.Add(wrong);
            }
        }
    }
}
