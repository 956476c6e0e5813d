using BenchmarkDotNet.Attributes;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace McpHub.Benchmarks;

/// <summary>A call that is answered from the cache, in process: from the scan of the message to the result.</summary>
[MemoryDiagnoser]
public class CacheBenchmarks
{
    private readonly McpContext _context = new();
    // A key of the usual length: bytes here, the same as text there.
    private readonly string _text = new('k', 80);
    private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(new string('k', 80));
    private readonly System.Collections.Concurrent.ConcurrentDictionary<byte[], object> _entries = new(KeyComparer.Instance);
    private ServiceProvider _services = null!;
    private McpPipeline _pipeline = null!;
    private CatalogView _view = null!;
    private MemoryCache _memoryCache = null!;

    /// <summary>The message of a client that was asked about before; legacy clients get the same result in another form.</summary>
    public static byte[] ModernCall { get; } = Messages.ModernCallOf("get");

    [GlobalSetup]
    public async Task StartAsync()
    {
        var services = new ServiceCollection();
        services.AddMcpHub(new HubConfig
        {
            Gateway = new GatewayConfig
            {
                Cache = new CacheConfig
                {
                    Enabled = true,
                    Tools = new OrderedDictionary<string, CacheToolConfig> { ["get"] = new() { Ttl = TimeSpan.FromHours(1) } },
                },
            },
        }).WithTools<Tools>();
        _services = services.BuildServiceProvider();
        await _services.GetRequiredService<HubRuntime>().StartAsync(CancellationToken.None);
        _pipeline = _services.GetRequiredService<McpPipeline>();
        _view = _services.GetRequiredService<CatalogStore>().Current.Root;
        await FillAsync();
        if (CachedCall() < 20 || _services.GetRequiredService<ResultCache>().Store.Count != 1)
        {
            throw new InvalidOperationException("The call is not cached.");
        }

        _memoryCache = new MemoryCache(new MemoryCacheOptions { SizeLimit = 1 << 20 });
        _entries[_bytes] = _text;
        _memoryCache.Set(_text, _bytes, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) });
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _memoryCache.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>The whole way of a cached call.</summary>
    [Benchmark]
    public int CachedCall()
    {
        Read();
        var pending = _pipeline.InvokeAsync(_context);
        if (!pending.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A cached call completes at once.");
        }

        using var result = pending.Result;
        var length = result.Json.Length;
        _context.Reset();
        return length;
    }

    /// <summary>What of it is the scan of the message.</summary>
    [Benchmark]
    public void Scan()
    {
        Read();
        _context.Reset();
    }

    /// <summary>A look-up as the gateway's own store does it: the whole key is compared.</summary>
    [Benchmark]
    public bool StoreLookup() => _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(_bytes, out _);

    /// <summary>The same in the framework's cache.</summary>
    [Benchmark]
    public bool MemoryCacheLookup() => _memoryCache.TryGetValue(_text.AsSpan(), out _);

    private async Task FillAsync()
    {
        Read();
        using var result = await _pipeline.InvokeAsync(_context);
        _context.Reset();
    }

    private void Read()
    {
        _context.Message = ModernCall;
        _context.View = _view;
        _context.Revision = Revisions.Latest;
        _ = EnvelopeReader.Read(ModernCall, out _context.Envelope);
    }

    /// <summary>What is cached.</summary>
    private sealed class Tools
    {
        [McpServerTool(Name = "get", ReadOnly = true)]
        public static string Get(string message) => message;
    }
}
