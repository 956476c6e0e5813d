using System.Text.Json;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Security.Permissions;
using McpHub.Testing;
using McpHub.Testing.Permissions;

namespace McpHub.FunctionalTests.Permissions;

/// <summary>Random policies in front of real servers, asked over HTTP and stdio by clients of both eras: all say what the naive reading says.</summary>
public sealed class BothTransportsTests : IAsyncLifetime
{
    private const int Policies = 60;

    private static readonly Caller Client = Caller.Anonymous;

    private readonly List<Func<string, string, Task<JsonElement>>> _clients = [];
    private FakeUpstream _a = null!;
    private FakeUpstream _b = null!;
    private GatewayHost _gateway = null!;
    private StdioClient _modernPipe = null!;

    public async ValueTask InitializeAsync()
    {
        const string Read = """{"contents":[],"resultType":"complete"}""";
        const string Completion = """{"completion":{"values":[]},"resultType":"complete"}""";
        _a = await FakeUpstream.StartAsync(Revision.V20260728, TwoServers.A);
        _b = await FakeUpstream.StartAsync(Revision.V20251125, TwoServers.B);
        foreach (var server in new[] { _a, _b })
        {
            server.On("prompts/get", x => x.ResultAsync("""{"messages":[],"resultType":"complete"}""")).On("resources/read", x => x.ResultAsync(Read)).On("completion/complete", x => x.ResultAsync(Completion));
        }

        _gateway = await GatewayHost.StartAsync(Config(new PolicyConfig()));
        _modernPipe = _gateway.OpenStdio();
        foreach (var revision in new[] { Revision.V20260728, Revision.V20251125 })
        {
            var http = await McpClient.ConnectAsync(_gateway, revision);
            _clients.Add(async (method, parameters) => (await http.RequestAsync(method, parameters)).Response);
        }

        _clients.Add((method, parameters) => _modernPipe.AskAsync(
            Rpc.Request("1", method, parameters[..^1] + (parameters == "{}" ? "" : ",") + "\"_meta\":{" + McpClient.ModernKeys + "}}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _modernPipe.DisposeAsync();
        await _gateway.DisposeAsync();
        Assert.Empty(_gateway.Log.Faults);
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Policy_DecidesTheSame_OverHttpAndStdio()
    {
        for (var seed = 0; seed < Policies; seed++)
        {
            var random = new RandomPolicy(seed);
            var policy = random.Policy();
            await _gateway.Runtime.ApplyAsync(Config(policy), CancellationToken.None);

            var client = seed % _clients.Count;
            foreach (var list in Enum.GetValues<ListMember>())
            {
                var expected = TwoServers.All.Where(t => t.IsListed && t.Kind == list && NaivePolicy.IsVisible(policy, Client, t)).Select(t => t.Asked).Order();
                Assert.Equal(expected, (await ListAsync(_clients[client], list)).Order());
            }

            foreach (var thing in TwoServers.All.Where(t => t.Kind != ListMember.ResourceTemplates))
            {
                var arguments = random.Arguments();
                var isCall = thing.Kind is ListMember.Tools or ListMember.Prompts;
                var expected = isCall ? NaivePolicy.Decide(policy, Client, thing, arguments) : NaivePolicy.Decide(policy, Client, thing);
                var answer = await AskAsync(_clients[client], thing, arguments);
                Assert.True(expected == answer, $"seed {seed}, client {client}, {thing.Asked} {arguments}: {answer} instead of {expected}");
            }
        }
    }

    [Fact]
    public async Task Policy_DecidesTheSame_InSessionsOverStdio()
    {
        for (var seed = 1000; seed < 1000 + Policies; seed++)
        {
            var random = new RandomPolicy(seed);
            var policy = random.Policy();
            await _gateway.Runtime.ApplyAsync(Config(policy), CancellationToken.None);
            await using var legacy = _gateway.OpenStdio();
            await legacy.AskAsync(Rpc.Initialize("0", "2025-11-25"));

            // It never says that it is ready, so that nothing comes between its answers.
            Task<JsonElement> Ask(string method, string parameters) => legacy.AskAsync(Rpc.Request("1", method, parameters));
            foreach (var list in Enum.GetValues<ListMember>())
            {
                var expected = TwoServers.All.Where(t => t.IsListed && t.Kind == list && NaivePolicy.IsVisible(policy, Client, t)).Select(t => t.Asked).Order();
                Assert.Equal(expected, (await ListAsync(Ask, list)).Order());
            }

            foreach (var thing in TwoServers.All.Where(t => t.Kind is ListMember.Tools or ListMember.Resources))
            {
                var arguments = random.Arguments();
                var expected = thing.Kind == ListMember.Tools ? NaivePolicy.Decide(policy, Client, thing, arguments) : NaivePolicy.Decide(policy, Client, thing);
                var answer = await AskAsync(Ask, thing, arguments);
                Assert.True(expected == answer, $"seed {seed}, {thing.Asked} {arguments}: {answer} instead of {expected}");
            }
        }
    }

    private HubConfig Config(PolicyConfig policy) => new()
    {
        Upstreams = [TwoServers.ConfigureA(_a.Config("a")), TwoServers.ConfigureB(_b.Config("b"))],
        Gateway = new GatewayConfig { Policy = policy, BuiltInTools = false },
    };

    private static async Task<string[]> ListAsync(Func<string, string, Task<JsonElement>> ask, ListMember list)
    {
        var (method, member, key) = list switch
        {
            ListMember.Tools => ("tools/list", "tools", "name"),
            ListMember.Prompts => ("prompts/list", "prompts", "name"),
            ListMember.Resources => ("resources/list", "resources", "uri"),
            _ => ("resources/templates/list", "resourceTemplates", "uriTemplate"),
        };
        return [.. (await ask(method, "{}")).GetProperty("result").GetProperty(member).EnumerateArray().Select(e => e.GetProperty(key).GetString()!)];
    }

    private static async Task<AccessOutcome> AskAsync(Func<string, string, Task<JsonElement>> ask, Offered thing, string arguments)
    {
        var answer = await (thing.Kind switch
        {
            ListMember.Tools => ask("tools/call", Rpc.Call(thing.Asked, arguments)),
            ListMember.Prompts => ask("prompts/get", Rpc.Call(thing.Asked, arguments)),
            _ => ask("resources/read", "{\"uri\":\"" + thing.Asked + "\"}"),
        });
        if (answer.TryGetProperty("result", out _))
        {
            return AccessOutcome.Allowed;
        }

        var code = answer.GetProperty("error").GetProperty("code").GetInt32();
        Assert.Contains(code, new[] { -31021, -32602, -32002 });
        return code == -31021 ? AccessOutcome.InsufficientScope : AccessOutcome.Denied;
    }
}
