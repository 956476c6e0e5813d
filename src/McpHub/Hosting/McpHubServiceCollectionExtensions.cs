using McpHub;
using McpHub.Auditing;
using McpHub.Batching;
using McpHub.Bridging;
using McpHub.Bridging.Inputs;
using McpHub.Bridging.Subscriptions;
using McpHub.Bridging.Tasks;
using McpHub.Caching;
using McpHub.Catalog;
using McpHub.Composition;
using McpHub.Composition.Authoring;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.NativeTools;
using McpHub.NativeTools.Hub;
using McpHub.NativeTools.Swarm;
using McpHub.NativeTools.Tasks;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Pipeline.Nested;
using McpHub.RateLimiting;
using McpHub.Security.Authentication;
using McpHub.State;
using McpHub.Streaming;
using McpHub.Transports.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a gateway to an application.</summary>
public static class McpHubServiceCollectionExtensions
{
    /// <summary>Adds a gateway with the given configuration; calling it again is harmless and changes nothing.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="config">The configuration; the built-in tools alone if absent. <see cref="ConfigurationReader"/> reads one from a file.</param>
    public static IMcpHubBuilder AddMcpHub(this IServiceCollection services, HubConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(config ?? HubConfig.Default);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<McpMetrics>();
        services.TryAddSingleton(s => StateSeal.OfThisProcess(s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<RequestStates>();
        services.TryAddSingleton<ParkedCalls>();
        services.TryAddSingleton<InputServices>();
        services.TryAddSingleton<CatalogStore>();
        services.TryAddSingleton<SubscriptionHub>();
        services.TryAddSingleton<SealKey>();
        services.TryAddSingleton<TaskIds>();
        services.TryAddSingleton<NativeTasks>();
        services.TryAddSingleton<SwarmStore>();
        services.TryAddSingleton<KeyFetcher>();
        services.TryAddSingleton<Authenticator>();
        services.TryAddSingleton<CredentialWatches>();
        services.TryAddSingleton<ProtectedResourceEndpoint>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISignInObserver, SignInTelemetry>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISignInObserver, AuditedSignIns>());
        services.TryAddSingleton<RateLimits>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<IAuditLog>(s => s.GetRequiredService<AuditLog>());
        services.TryAddSingleton<ResultCache>();
        services.TryAddSingleton<CacheWarmer>();
        services.TryAddSingleton<CacheEventBus>();
        services.TryAddSingleton<ICacheEventBus>(s => s.GetRequiredService<CacheEventBus>());
        services.TryAddSingleton<BatchEngine>();
        services.TryAddSingleton<StreamRegistry>();

        // Registered so that it is no argument of a tool; each call has its own.
        services.TryAddTransient<IToolStream>(static _ => throw new InvalidOperationException("A stream belongs to a call: take it as a parameter of the tool's method."));
        services.TryAddSingleton<McpPipeline>();
        services.TryAddSingleton<NestedRuns>();
        services.TryAddSingleton<CallerCompositions>();
        services.TryAddSingleton<Compositions>();
        services.TryAddSingleton<McpEndpoint>();
        services.TryAddSingleton<SessionStore>();
        if (!services.Any(s => s.ServiceType == typeof(HubRuntime)))
        {
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<RateLimits>());
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<AuditLog>());
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<StreamRegistry>());

            // Before everything that it records, and so ended after it.
            services.AddHostedService(s => s.GetRequiredService<AuditLog>());
            services.AddSingleton<HubRuntime>();
            services.AddHostedService(s => s.GetRequiredService<HubRuntime>());
            services.AddHostedService(s => s.GetRequiredService<StreamRegistry>());
            services.AddHostedService<ListenersEnd>();
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<ResultCache>());
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<CacheWarmer>());

            // After the limits and the cache, by which it knows its tools.
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<BatchEngine>());
            AddHubTool<CacheStatisticsTool>(services, CacheStatisticsTool.IsOffered);
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<Authenticator>());
            services.AddSingleton<IConfiguredPart>(s => s.GetRequiredService<Compositions>());
            AddHubTool<EchoTool>(services);
            AddHubTool<StatusTool>(services);
            AddHubTool<ListServersTool>(services);
            AddGatewayTool<BatchTool>(services);
            AddGatewayTool<DefineCompositionTool>(services);
            AddGatewayTool<DeleteCompositionTool>(services);
            AddGatewayTool<ListCompositionsTool>(services);
            services.AddSingleton(s => MethodTool.SetOf<SwarmTools>(s, SwarmTools.Name));
            AddGatewayTool<StreamStartTool>(services);
            AddGatewayTool<StreamReadTool>(services);
            AddGatewayTool<StreamCancelTool>(services);
        }

        return new Builder(services);
    }

    /// <summary>Serves the methods of a class that have the attribute <see cref="McpServerToolAttribute"/> next to the proxied tools.</summary>
    /// <typeparam name="T">The class. Instance methods get an instance for each call, with its services injected.</typeparam>
    public static IMcpHubBuilder WithTools<T>(this IMcpHubBuilder builder)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(static s => MethodTool.SetOf<T>(s));
        return builder;
    }

    private static void AddHubTool<T>(IServiceCollection services, Func<GatewayConfig, bool>? isOffered = null)
        where T : NativeTool
    {
        services.TryAddSingleton<T>();
        services.AddSingleton(s => new NativeToolSet(() => [s.GetRequiredService<T>()]) { IsBuiltIn = true, IsOffered = isOffered });
    }

    private static void AddGatewayTool<T>(IServiceCollection services)
        where T : class, IGatewayTool
    {
        services.TryAddSingleton<T>();
        services.AddSingleton(s => GatewayTool.SetOf(s.GetRequiredService<T>(), s.GetRequiredService<NestedRuns>()));
    }

    private sealed class Builder(IServiceCollection services) : IMcpHubBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
