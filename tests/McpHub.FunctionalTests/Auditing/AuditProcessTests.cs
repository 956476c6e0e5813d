using System.Diagnostics;
using System.Text;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Auditing;

/// <summary>The audit of real processes: killed, stopped, and checked on the command line.</summary>
public sealed class AuditProcessTests : IDisposable
{
    private readonly AuditRecords _records = new();

    public void Dispose() => _records.Dispose();

    [Theory]
    [InlineData("relaxed")]
    [InlineData("durable")]
    public async Task Chain_GoesOn_AfterTheGatewayWasKilledInTheMiddleOfIt(string mode)
    {
        var answered = 0;
        for (var round = 0; round < 3; round++)
        {
            await using var gateway = await GatewayProcess.ServeAsync(Configuration(mode));
            using var http = new HttpClient();
            var before = answered;
            var calling = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        await CallAsync(http, gateway);
                        Interlocked.Increment(ref answered);
                    }
                }
                catch (HttpRequestException)
                {
                    // Killed.
                }
            })).ToArray();
            await Patience.UntilAsync(() => Volatile.Read(ref answered) > before + 200, "calls were answered");
            Process.GetProcessById(gateway.Id).Kill();
            await Task.WhenAll(calling).WithinLimitAsync("the end of the calls");
        }

        await using (var last = await GatewayProcess.ServeAsync(Configuration(mode)))
        {
            using var http = new HttpClient();
            await CallAsync(http, last);
            answered++;
            Assert.Equal(0, await last.StopAsync());
        }

        Assert.Empty(_records.Problems());
        Assert.Empty(_records.Of("truncated"));
        Assert.Equal(4, _records.Of("started").Count);
        Assert.Single(_records.Of("stopped"));
        Assert.True(mode == "relaxed" || _records.OfTarget("hub_echo").Count >= answered, $"{_records.OfTarget("hub_echo").Count} lines of {answered} answers");
        var run = await GatewayProcess.RunAsync(null, "", "audit", "verify", _records.Folder);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("intact", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TellsWhatIsWrong_AndEndsWithOne()
    {
        Assert.Equal(0, (await GatewayProcess.RunAsync(Configuration("relaxed"), "", "call", "hub_echo", """{"message":"x"}""")).ExitCode);
        var file = Directory.GetFiles(_records.Folder, "*.jsonl").Single();
        var text = await File.ReadAllTextAsync(file, CancellationToken.None);
        await File.WriteAllTextAsync(file, text.Replace("hub_echo", "hub_list", StringComparison.Ordinal), CancellationToken.None);

        var run = await GatewayProcess.RunAsync(Configuration("relaxed"), "", "audit", "verify");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("NOT INTACT", run.Output, StringComparison.Ordinal);
        Assert.Contains("was changed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EndsWithTwo_WhereThereIsNoAudit()
    {
        var run = await GatewayProcess.RunAsync(null, "", "audit", "verify", Path.Combine(_records.Folder, "nowhere"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("there is no audit", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--url", "http://127.0.0.1:0")]
    [InlineData("stdio")]
    [InlineData("call", "hub_echo", "{}")]
    public async Task Gateway_DoesNotStart_WhenTheAuditCannotBeWritten(params string[] command)
    {
        var file = Path.Combine(_records.Folder, "file");
        await File.WriteAllTextAsync(file, "", CancellationToken.None);

        var run = await GatewayProcess.RunAsync(new { gateway = new { audit = new { enabled = true, path = Path.Combine(file, "audit") } } }, "", command);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("The audit can't be written to", run.Errors, StringComparison.Ordinal);
        Assert.Contains("gateway.audit.path", run.Errors, StringComparison.Ordinal);
    }

    private object Configuration(string mode) => new { gateway = new { audit = new { enabled = true, path = _records.Folder, mode, fileSize = "16KB" } } };

    private static async Task CallAsync(HttpClient http, GatewayProcess gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Endpoint)
        {
            Content = new StringContent(
                Rpc.Request("1", "tools/call", Rpc.Call("hub_echo", """{"message":"x"}""", McpClient.ModernKeys)), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", "hub_echo");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
