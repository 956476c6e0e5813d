using System.Text.Json;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Composition;

/// <summary>Steps that ask the caller, and steps whose servers do, with clients of both eras.</summary>
public sealed class QuestionTests
{
    private const string Elicitation = """{"elicitation":{}}""";

    private const string Delete = """
        {
          "description": "Deletes after asking.",
          "inputSchema": { "type": "object", "properties": { "path": { "type": "string" } }, "required": ["path"] },
          "steps": [
            { "id": "look", "tool": "s_look", "arguments": { "path": "${/input/path}" } },
            { "id": "sure", "after": "look", "elicit": { "message": "Delete ${/input/path}?",
                "schema": { "type": "object", "properties": { "reason": { "type": "string" } } } } },
            { "id": "delete", "tool": "s_delete", "arguments": { "path": "${/input/path}", "reason": "${/steps/sure/reason:-none}" } }
          ]
        }
        """;

    [Fact]
    public async Task Step_AsksALegacyClient_InItsSession()
    {
        await using var gateway = await StartAsync("2025-11-25");
        var session = await McpClient.ConnectAsync(gateway.Hub, Revision.V20251125, capabilities: Elicitation);
        var client = new AskedClient(session, _ => "\"result\":" + Accept("old"));

        var answer = await client.CallAsync("delete", """{"path":"a"}""");

        Assert.Equal("deleted", answer.Text);
        Assert.Equal("Delete a?", JsonElement.Parse(Assert.Single(client.Asked)).GetProperty("params").GetProperty("message").GetString());
        Assert.Equal(["look {\"path\":\"a\"}", "delete {\"path\":\"a\",\"reason\":\"old\"}"], Calls(gateway));
    }

    [Fact]
    public async Task Step_AsksAModernClient_InRounds_AndNothingRunsTwice()
    {
        await using var gateway = await StartAsync("2026-07-28");
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);
        client.Capabilities = Elicitation;

        var answers = await client.CompleteAsync("delete", _ => Accept("old"), """{"path":"a"}""");

        Assert.Equal(2, answers.Count);
        Assert.Equal("deleted", answers[1].Text);
        Assert.Equal(["look {\"path\":\"a\"}", "delete {\"path\":\"a\",\"reason\":\"old\"}"], Calls(gateway));
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("cancel")]
    public async Task Composition_EndsThere_WhenTheCallerDoesNotAgree(string action)
    {
        await using var gateway = await StartAsync("2025-11-25");
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);
        client.Capabilities = Elicitation;

        var answers = await client.CompleteAsync("delete", _ => $$"""{"action":"{{action}}"}""", """{"path":"a"}""");

        Assert.Equal($"Step 'sure' of the composition 'delete' failed: the caller was asked, and answered {action}.", answers[^1].Text);
        Assert.Equal(["look {\"path\":\"a\"}"], Calls(gateway));
    }

    [Fact]
    public async Task Composition_SaysSo_WhenTheClientCanNotBeAsked()
    {
        await using var gateway = await StartAsync("2025-11-25");
        var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);

        var answer = await client.CallAsync("delete", """{"path":"a"}""");

        Assert.Contains("Step 'sure' of the composition 'delete' failed: the caller could not be asked", answer.Text, StringComparison.Ordinal);
        Assert.Equal("cannotAsk", answer.Result.GetProperty("_meta").GetProperty("io.mcphub/steps")[1].GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Question_ThatTakesTooLong_IsNotToldAsAnswered()
    {
        await using var gateway = await StartAsync("2025-11-25");
        var session = await McpClient.ConnectAsync(gateway.Hub, Revision.V20251125, capabilities: Elicitation);

        var answer = await AskedClient.Silent(session, out _).CallAsync("hurry");

        Assert.Equal("Step 'sure' of the composition 'hurry' failed: it took longer than 1ms.", answer.Text);
        Assert.Equal("timeout", answer.Result.GetProperty("_meta").GetProperty("io.mcphub/steps")[0].GetProperty("error").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("2025-11-25", false)]
    [InlineData("2025-11-25", true)]
    public async Task Server_OfAStep_AsksTheCaller(string server, bool isModernClient)
    {
        await using var gateway = await StartAsync(server);
        gateway.Server.OnTool("look", async x =>
        {
            var got = await gateway.Server.AskAsync(x, "elicitation/create", """{"message":"Which?","requestedSchema":{"type":"object","properties":{}}}""");
            await x.TextAsync(JsonElement.Parse("{" + got + "}").GetProperty("result").GetProperty("action").GetString()!);
        });
        string text;
        if (isModernClient)
        {
            var client = await McpClient.ConnectAsync(gateway.Hub, Revision.V20260728);
            client.Capabilities = Elicitation;
            text = (await client.CompleteAsync("look_only", _ => Accept("x")))[^1].Text!;
        }
        else
        {
            var session = await McpClient.ConnectAsync(gateway.Hub, Revision.V20251125, capabilities: Elicitation);
            text = (await new AskedClient(session, _ => "\"result\":" + Accept("x")).CallAsync("look_only")).Text!;
        }

        Assert.Equal("accept", text);
        Assert.Single(Calls(gateway));
    }

    private static string Accept(string reason) => $$$"""{"action":"accept","content":{"reason":"{{{reason}}}"}}""";

    private static string[] Calls(ComposedGateway gateway) =>
        [.. gateway.Server.Of("tools/call").Select(r => $"{r.Tool} {(r.Params.TryGetProperty("arguments", out var arguments) ? arguments.GetRawText() : "{}")}")];

    private static async Task<ComposedGateway> StartAsync(string server)
    {
        var gateway = await ComposedGateway.StartAsync(
            [
                ("delete", Delete),
                ("look_only", """{"description":"d","steps":[{"id":"look","tool":"s_look"}]}"""),
                ("hurry", """{"description":"d","steps":[{"id":"sure","elicit":{"message":"Sure?"},"timeout":"1ms"}]}"""),
            ],
            FakeOffer.OfTools("look", "delete"), server);
        gateway.Server.OnTool("look", x => x.TextAsync("there")).OnTool("delete", x => x.TextAsync("deleted"));
        return gateway;
    }
}
