using System.Text;
using System.Text.Json;
using McpHub.Composition.Authoring;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.FunctionalTests.Composition;

/// <summary>Compositions that callers define themselves.</summary>
public sealed class AuthoringTests : IDisposable
{
    private const string Greeting = """
        {"definition":{"name":"greet","description":"Greets.","inputSchema":{"type":"object","properties":{"who":{"type":"string"}},"required":["who"]},
         "steps":[{"id":"say","tool":"hub_echo","arguments":{"message":"Hello ${/input/who}"}}]}}
        """;

    private static readonly string Ann = ApiKeys.NewKey("mhk_");
    private static readonly string Bob = ApiKeys.NewKey("mhk_");

    private readonly string _state = Directory.CreateTempSubdirectory("mcphub-compositions-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Tools_AreNotThere_UnlessTheConfigurationSaysSo()
    {
        await using var hub = await GatewayHost.StartAsync(new HubConfig());

        Assert.DoesNotContain(hub.Catalog.Root.Content.Tools, t => t.Name.EndsWith("_composition", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Composition_IsItsAuthors_AndOutlivesTheGateway()
    {
        await using (var hub = await StartAsync())
        {
            var ann = await McpClient.ConnectAsync(hub, Revision.V20251125, token: Ann);
            var bob = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Bob);

            var defined = await ann.CallAsync("hub_define_composition", Greeting);
            Assert.Equal("greet", defined.Result.GetProperty("structuredContent").GetProperty("name").GetString());

            Assert.Equal("Hello you", (await ann.CallAsync("greet", """{"who":"you"}""")).Text);
            Assert.Contains("greet", await NamesAsync(ann));
            Assert.DoesNotContain("greet", await NamesAsync(bob));
            Assert.Contains("Unknown tool: greet", (await bob.CallAsync("greet", """{"who":"you"}""")).Body, StringComparison.Ordinal);
            Assert.Contains("You have no composition", (await bob.CallAsync("hub_delete_composition", """{"name":"greet"}""")).Text, StringComparison.Ordinal);
            Assert.Contains("is the name of another tool", (await bob.CallAsync("hub_define_composition", Greeting)).Text, StringComparison.Ordinal);
        }

        await using (var hub = await StartAsync())
        {
            var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);
            Assert.Equal("Hello again", (await ann.CallAsync("greet", """{"who":"again"}""")).Text);
            var listed = (await ann.CallAsync("hub_list_compositions")).Result.GetProperty("structuredContent").GetProperty("compositions")[0];
            Assert.True(listed.GetProperty("isListed").GetBoolean());

            await ann.CallAsync("hub_delete_composition", """{"name":"greet"}""");
            Assert.DoesNotContain("greet", await NamesAsync(ann));
        }
    }

    [Fact]
    public async Task Composition_IsEverybodys_WhereTheConfigurationSharesIt_AsFarAsThePolicyLets()
    {
        await using var hub = await StartAsync(
            new CallerCompositionsConfig { Enabled = true, Shared = true },
            new PolicyConfig
            {
                Rules = [new PolicyRuleConfig { Id = "bob", Effect = PolicyEffect.Deny, Callers = new PolicyCallers { Subjects = ["bob"] }, Tools = ["secret_*", "hub_define_*"] }],
            });
        var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);
        var bob = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Bob);

        await ann.CallAsync("hub_define_composition", Greeting);
        await ann.CallAsync("hub_define_composition", Greeting.Replace("\"greet\"", "\"secret_greet\"", StringComparison.Ordinal));

        Assert.Equal("Hello Bob", (await bob.CallAsync("greet", """{"who":"Bob"}""")).Text);
        Assert.DoesNotContain("secret_greet", await NamesAsync(bob));
        Assert.DoesNotContain("hub_define_composition", await NamesAsync(bob));
    }

    [Fact]
    public async Task Definition_IsRefused_WithEveryMistake()
    {
        await using var hub = await StartAsync();
        var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);

        var answer = await ann.CallAsync("hub_define_composition", """
            {"definition":{"name":"x","description":"d","steps":[{"id":"a","tool":"hub_ecco"},{"id":"b","tool":"hub_echo"}]}}
            """);
        var syntax = await ann.CallAsync("hub_define_composition", """{"definition":{"name":"x","steps":[]}}""");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("$.steps[0].tool", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Did you mean hub_echo?", answer.Text, StringComparison.Ordinal);
        Assert.Contains("lacks \"message\", which 'hub_echo' requires", answer.Text, StringComparison.Ordinal);
        Assert.Contains("has no \"description\"", syntax.Text, StringComparison.Ordinal);
        Assert.Contains("has no steps", syntax.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definition_IsRefused_ThatChoosesWhatThePolicyGoesBy()
    {
        await using var hub = await StartAsync();
        var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);

        var answer = await ann.CallAsync("hub_define_composition", Greeting.Replace(
            "\"name\":\"greet\"", "\"name\":\"greet\",\"category\":\"trusted\",\"tags\":[\"safe\"]", StringComparison.Ordinal));

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Equal(2, answer.Text!.Split("is not for callers to choose").Length - 1);
        Assert.Contains("$.category", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Remove \"tags\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Composition_ThatWasKept_HasNoneOfWhatItsAuthorChose()
    {
        const string Kept = """{"name":"old","description":"d","category":"trusted","tags":["safe"],"steps":[{"id":"a","tool":"hub_echo","arguments":{"message":"m"}}]}""";
        await using var hub = await StartAsync();
        var compositions = hub.Services.GetRequiredService<CallerCompositions>();
        var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes(Kept), out _)!;

        Assert.Null(compositions.Define(Caller.Anonymous, plan, new CallerCompositionsConfig(), mayReplace: false));

        var tool = hub.Catalog.Root.Content.Tools.Single(t => t.Name == "old");
        Assert.Equal("compositions", tool.Category);
        Assert.Empty(tool.Tags);
    }

    [Fact]
    public async Task Definition_IsRefused_BeyondTheLimit_AndWithoutSayingReplace()
    {
        await using var hub = await StartAsync(new CallerCompositionsConfig { Enabled = true, PerCaller = 1 });
        var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);
        await ann.CallAsync("hub_define_composition", Greeting);

        var second = await ann.CallAsync("hub_define_composition", Greeting.Replace("\"greet\"", "\"greet2\"", StringComparison.Ordinal));
        var again = await ann.CallAsync("hub_define_composition", Greeting);
        var replaced = await ann.CallAsync("hub_define_composition", Greeting.Replace("Hello", "Bye", StringComparison.Ordinal).Trim()[..^1] + ",\"replace\":true}");

        Assert.Contains("more than the 1 that a caller may have", second.Text, StringComparison.Ordinal);
        Assert.Contains("\"replace\": true", again.Text, StringComparison.Ordinal);
        Assert.False(replaced.Result.TryGetProperty("isError", out _));
        Assert.Equal("Bye you", (await ann.CallAsync("greet", """{"who":"you"}""")).Text);
    }

    [Fact]
    public async Task Definition_ReadsNoneOfTheGatewaysEnvironment()
    {
        await using var hub = await StartAsync();
        var ann = await McpClient.ConnectAsync(hub, Revision.V20260728, token: Ann);

        var answer = await ann.CallAsync("hub_define_composition", """
            {"definition":{"name":"x","description":"${HOME}","steps":[{"id":"a","tool":"hub_echo","arguments":{"message":"${HOME}"}}]}}
            """);

        Assert.Contains("has a ${ without a pointer", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.GetEnvironmentVariable("HOME") ?? "/root", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<string?[]> NamesAsync(McpClient client) =>
        [.. (await client.RequestAsync("tools/list")).Result.GetProperty("tools").EnumerateArray().Select((JsonElement t) => t.GetProperty("name").GetString())];

    private Task<GatewayHost> StartAsync(CallerCompositionsConfig? compositions = null, PolicyConfig? policy = null) => GatewayHost.StartAsync(new HubConfig
    {
        Gateway = new GatewayConfig
        {
            Auth = new AuthConfig { ApiKeys = [Key("ann", Ann), Key("bob", Bob)] },
            CallerCompositions = compositions ?? new CallerCompositionsConfig { Enabled = true },
            Policy = policy ?? new PolicyConfig(),
            State = new StateConfig { Path = _state },
        },
    });

    private static ApiKeyConfig Key(string name, string key) => new() { Name = name, Hash = ApiKeys.HashOf(key) };
}
