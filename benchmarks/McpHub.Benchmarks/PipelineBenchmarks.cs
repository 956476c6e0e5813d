using BenchmarkDotNet.Attributes;
using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Benchmarks;

/// <summary>A message from its scan to its result, in process: what the gateway costs without any transport.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private static readonly byte[] MethodMessage = Messages.ModernCallOf(EchoTools.Name);

    private readonly McpContext _context = new();
    private ServiceProvider _services = null!;
    private McpPipeline _pipeline = null!;
    private CatalogView _view = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddMcpHub().WithTools<EchoTools>();
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<HubRuntime>().StartAsync(CancellationToken.None);
        _pipeline = _services.GetRequiredService<McpPipeline>();
        _view = _services.GetRequiredService<CatalogStore>().Current.Root;
        if (NativeCall() < 50 || MethodCall() < 50 || List() < 500)
        {
            throw new InvalidOperationException("The pipeline does not answer.");
        }
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _services.DisposeAsync();

    /// <summary>The gateway's own echo tool. What is allocated is its argument, a string of 11 characters.</summary>
    [Benchmark]
    public int NativeCall() => Run(Messages.ModernCall);

    /// <summary>The same of a method with the SDK's attribute.</summary>
    [Benchmark]
    public int MethodCall() => Run(MethodMessage);

    /// <summary>A list: ready bytes.</summary>
    [Benchmark]
    public int List() => Run(Messages.ModernList);

    private int Run(byte[] message)
    {
        _context.Message = message;
        _context.View = _view;
        _context.Revision = Revisions.Latest;
        _ = EnvelopeReader.Read(message, out _context.Envelope);
        var pending = _pipeline.InvokeAsync(_context);
        if (!pending.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A native call completes at once.");
        }

        using var result = pending.Result;
        var length = result.Json.Length;
        _context.Reset();
        return length;
    }
}
