using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpHub.FunctionalTests.Chaos;

/// <summary>What may be relied on once a server is said to be ready: whoever waited for that calls next.</summary>
public sealed class ReadyServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_IsSaidToBeReady_OnlyWhenItsToolsAreListed(bool isModern)
    {
        await using var server = await FakeUpstream.StartAsync(isModern ? Revision.V20260728 : Revision.V20251125, FakeOffer.OfTools("hub_echo"));
        var config = new HubConfig
        {
            Upstreams = [server.Config("s")],
            Gateway = new GatewayConfig { Naming = new NamingConfig { Prefix = PrefixMode.Never } },
        };

        SlowCatalogLog? log = null;
        await using var gateway = await GatewayHost.StartAsync(
            config, configure: hub => hub.Services.AddSingleton<ILoggerProvider>(services => log = new SlowCatalogLog(services)));

        Assert.True(log!.HeldUp, "the name of the tool is taken, and that is logged while the catalog is built");
        Assert.Equal(["hub_echo"], log.ListedWhenReady);
        Assert.Equal("""{"status":"ready","upstreams":{"ready":1,"total":1}}""", Observability.HealthReport.Of(gateway.Runtime, null).ToJson());
    }

    /// <summary>Holds up the catalog that has the server's tool, and sees what is listed when the server is said to be ready.</summary>
    private sealed class SlowCatalogLog(IServiceProvider services) : ILoggerProvider, ILogger
    {
        private readonly ManualResetEventSlim _ready = new();

        public bool HeldUp { get; private set; }

        public string[] ListedWhenReady { get; private set; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception);
            if (line.StartsWith("The name 'hub_echo' of server s is taken", StringComparison.Ordinal))
            {
                // Nobody is ready meanwhile: that is what is tested. It only has to have the time for it.
                HeldUp = true;
                _ready.Wait(TimeSpan.FromSeconds(1));
            }
            else if (line.StartsWith("Server s is ready", StringComparison.Ordinal))
            {
                var view = services.GetRequiredService<CatalogStore>().Current.ViewOf("s");
                ListedWhenReady = [.. view!.Content.Tools.Select(t => t.Name)];
                _ready.Set();
            }
        }

        public void Dispose() => _ready.Dispose();
    }
}
