using McpHub.Configuration;
using McpHub.FunctionalTests.Subscriptions;
using McpHub.FunctionalTests.Tasks;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Auditing;

/// <summary>What is recorded of requests for what the policy keeps from their caller, and that have no name of their own.</summary>
public sealed class DeniedRequestTests : IDisposable
{
    private static readonly PolicyRuleConfig Deny = new() { Id = "no", Effect = PolicyEffect.Deny };

    private readonly AuditRecords _records = new();

    public void Dispose() => _records.Dispose();

    [Fact]
    public async Task Subscriptions_AreRecordedWithTheirResource_AndDeniedWhereThePolicySaysSo()
    {
        await using (var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer))
        await using (var gateway = await StartAsync(server, Deny with { Resources = ["test://other"] }))
        {
            var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);
            foreach (var uri in new[] { ChangingServer.Watched, "test://other" })
            {
                await client.RequestAsync("resources/subscribe", "{\"uri\":\"" + uri + "\"}");
                await client.RequestAsync("resources/unsubscribe", "{\"uri\":\"" + uri + "\"}");
            }
        }

        Assert.Equal(
            [(ChangingServer.Watched, "s", "ok", "default"), ("test://other", null, "denied", "no")],
            LinesOf("resources/subscribe"));
        Assert.Equal(
            [(ChangingServer.Watched, "s", "ok", null), ("test://other", null, "ok", null)],
            LinesOf("resources/unsubscribe"));
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Completions_AreRecordedWithWhatTheyAreFor_AndDeniedWhereThePolicySaysSo(string revision)
    {
        await using (var server = await FakeUpstream.StartAsync(
            Revision.V20260728,
            new FakeOffer { Prompts = ["""{"name":"open"}""", """{"name":"closed"}"""], HasCompletions = true },
            setUp: f => f.On("completion/complete", x => x.ResultAsync("""{"resultType":"complete","completion":{"values":[]}}"""))))
        await using (var gateway = await StartAsync(server, Deny with { Prompts = ["s_closed"] }))
        {
            Assert.True(Protocol.Revisions.TryParse(revision, out var spoken));
            var client = await McpClient.ConnectAsync(gateway, spoken);
            foreach (var prompt in new[] { "s_open", "s_closed", "s_none" })
            {
                await client.RequestAsync(
                    "completion/complete", "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"" + prompt + "\"},\"argument\":{\"name\":\"a\",\"value\":\"\"}}");
            }
        }

        Assert.Equal(
            [("s_open", "s", "ok", "default"), ("s_closed", null, "denied", "no"), ("s_none", null, "error", null)], LinesOf("completion/complete"));
    }

    [Fact]
    public async Task Task_WhoseServerIsKeptFromItsCallerMeanwhile_IsRecordedAsDenied()
    {
        await using (var server = await TaskServer.StartAsync("1"))
        await using (var gateway = await StartAsync(server))
        {
            var client = await TaskClient.ConnectAsync(gateway);
            var id = (await client.CallAsync("s_work")).Result.GetProperty("taskId").GetString()!;
            await gateway.Runtime.ApplyAsync(Config(server, Deny with { Servers = ["s"] }), CancellationToken.None);
            await client.RequestAsync("tasks/get", "{\"taskId\":\"" + id + "\"}");
            await client.RequestAsync("tasks/get", """{"taskId":"made-up"}""");
        }

        Assert.Equal(["denied", "error"], _records.OfTarget("tasks/get").Select(r => AuditRecords.Text(r, "outcome")));
    }

    private IEnumerable<(string? Target, string? Server, string? Outcome, string? Rule)> LinesOf(string method) => _records.OfTarget(method)
        .Select(r => (AuditRecords.Text(r, "target"), AuditRecords.Text(r, "server"), AuditRecords.Text(r, "outcome"), AuditRecords.Text(r, "rule")));

    private Task<GatewayHost> StartAsync(FakeUpstream server, params PolicyRuleConfig[] rules) => GatewayHost.StartAsync(Config(server, rules));

    private HubConfig Config(FakeUpstream server, params PolicyRuleConfig[] rules) => new()
    {
        Upstreams = [server.Config("s")],
        Gateway = new GatewayConfig
        {
            Audit = new AuditConfig { Enabled = true, Path = _records.Folder },
            State = new StateConfig { Path = Path.Combine(_records.Folder, "state") },
            Policy = new PolicyConfig { Rules = rules },
        },
    };
}
