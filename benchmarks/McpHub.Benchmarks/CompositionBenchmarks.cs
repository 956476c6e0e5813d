using System.Diagnostics;
using System.Text;
using BenchmarkDotNet.Attributes;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Benchmarks;

/// <summary>
/// A composition of three native steps beside the same three calls, both through the whole pipeline in process. With tools that
/// something (structured results by the SDK), and with one that does nothing, where all that is left is what the composition costs.
/// </summary>
[MemoryDiagnoser]
public class CompositionBenchmarks
{
    private const string Records = """
        {"description":"Three tools with results of some size.","inputSchema":{"type":"object","properties":{"customer":{"type":"string"}}},"steps":[
          {"id":"orders","tool":"find_orders","arguments":{"customer":"c-17"}},
          {"id":"first","tool":"find_orders","arguments":{"customer":"${/steps/orders/orders/0/customer}"}},
          {"id":"last","tool":"find_orders","arguments":{"customer":"${/steps/first/orders/19/customer}"}}],
         "output":{"first":"${/steps/orders/orders/0}","count":"${/steps/last/count}"}}
        """;

    private const string Structured = """
        {"description":"Three tools with structured results.","steps":[
          {"id":"status","tool":"hub_status"},
          {"id":"servers","tool":"hub_list_servers"},
          {"id":"again","tool":"hub_status","after":["status","servers"]}],
         "output":{"version":"${/steps/status/version}","servers":"${/steps/servers/servers}","uptime":"${/steps/again/uptimeSeconds}"}}
        """;

    private const string Trivial = """
        {"description":"Three times a tool that does nothing.","steps":[
          {"id":"a","tool":"hub_echo","arguments":{"message":"hello world"}},
          {"id":"b","tool":"hub_echo","arguments":{"message":"${/steps/a}"}},
          {"id":"c","tool":"hub_echo","arguments":{"message":"${/steps/b}"}}]}
        """;

    private readonly McpContext _context = new();
    private ServiceProvider _services = null!;
    private McpPipeline _pipeline = null!;
    private CatalogView _view = null!;

    private static byte[][] RecordCalls { get; } = [Call("find_orders"), Call("find_orders"), Call("find_orders")];

    private static byte[] RecordComposition { get; } = Call("records");

    private static byte[][] StructuredCalls { get; } = [Call("hub_status"), Call("hub_list_servers"), Call("hub_status")];

    private static byte[][] TrivialCalls { get; } = [Messages.ModernCall, Messages.ModernCall, Messages.ModernCall];

    private static byte[] StructuredComposition { get; } = Call("structured");

    private static byte[] TrivialComposition { get; } = Call("trivial");

    [GlobalSetup]
    public async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddMcpHub(new HubConfig
        {
            Gateway = new GatewayConfig { Compositions = new Dictionary<string, string> { ["records"] = Records, ["structured"] = Structured, ["trivial"] = Trivial } },
        }).WithTools<OrderTools>();
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<HubRuntime>().StartAsync(CancellationToken.None);
        _pipeline = _services.GetRequiredService<McpPipeline>();
        _view = _services.GetRequiredService<CatalogStore>().Current.Root;
        if (RecordsByComposition() < 100 || StructuredByComposition() < 100 || TrivialByComposition() < 100)
        {
            throw new InvalidOperationException("The compositions do not answer.");
        }
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _services.DisposeAsync();

    [Benchmark(Baseline = true)]
    public int RecordsDirectly() => RecordCalls.Sum(Run);

    [Benchmark]
    public int RecordsByComposition() => Run(RecordComposition);

    [Benchmark]
    public int StructuredDirectly() => StructuredCalls.Sum(Run);

    [Benchmark]
    public int StructuredByComposition() => Run(StructuredComposition);

    [Benchmark]
    public int TrivialDirectly() => TrivialCalls.Sum(Run);

    [Benchmark]
    public int TrivialByComposition() => Run(TrivialComposition);

    /// <summary>
    /// Both side by side in turns, in one run: on a machine that is shared, two figures that were taken one after the other say little of
    /// each other.
    /// </summary>
    /// <param name="time">How long each case is measured.</param>
    /// <param name="only">The one case to measure; <see langword="null"/> for all.</param>
    public static async Task CompareAsync(TimeSpan time, string? only)
    {
        var benchmarks = new CompositionBenchmarks();
        await benchmarks.StartAsync();
        foreach (var (name, direct, composed) in new (string, Func<int>, Func<int>)[]
        {
            ("records", benchmarks.RecordsDirectly, benchmarks.RecordsByComposition),
            ("structured", benchmarks.StructuredDirectly, benchmarks.StructuredByComposition),
            ("trivial", benchmarks.TrivialDirectly, benchmarks.TrivialByComposition),
        })
        {
            if (only is not null && only != name)
            {
                continue;
            }

            // Until the compiler is done with it.
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < time / 4;)
            {
                CostOf(direct);
                CostOf(composed);
            }

            var (directly, byComposition) = (new List<double>(), new List<double>());
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < time;)
            {
                directly.Add(CostOf(direct));
                byComposition.Add(CostOf(composed));
            }

            var ratios = directly.Zip(byComposition, (d, c) => c / d).Order().ToArray();
            Console.WriteLine(
                $"{name}: directly {Median(directly):F2} µs of CPU, by composition {Median(byComposition):F2} µs; ratio {ratios[ratios.Length / 2]:F3} (median of {ratios.Length} turns)");
        }

        await benchmarks.StopAsync();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The CPU time of one, in microseconds.</summary>
    private static double CostOf(Func<int> work)
    {
        const int Times = 1000;
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Times; i++)
        {
            work();
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Times;
    }

    private static byte[] Call(string tool) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(Messages.ModernCallOf(tool)).Replace("{\"message\":\"hello world\"}", tool switch { "hub_echo" => "{\"message\":\"hello world\"}", "find_orders" => "{\"customer\":\"c-17\"}", _ => "{}" }, StringComparison.Ordinal));

    private int Run(byte[] message)
    {
        _context.Message = message;
        _context.View = _view;
        _context.Revision = Revisions.Latest;
        _ = EnvelopeReader.Read(message, out _context.Envelope);
        var pending = _pipeline.InvokeAsync(_context);
        using var result = pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
        if (result.IsToolError || result.Kind != McpResultKind.Result)
        {
            throw new InvalidOperationException(result.Failure?.Message ?? Encoding.UTF8.GetString(result.Json.Span));
        }

        var length = result.Json.Length;
        _context.Reset();
        return length;
    }
}
