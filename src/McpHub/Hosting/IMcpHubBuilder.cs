using Microsoft.Extensions.DependencyInjection;

namespace McpHub.Hosting;

/// <summary>Adds parts to a gateway; what <c>AddMcpHub()</c> answers.</summary>
public interface IMcpHubBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
