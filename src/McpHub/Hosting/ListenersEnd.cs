using McpHub.Bridging.Subscriptions;
using Microsoft.Extensions.Hosting;

namespace McpHub.Hosting;

/// <summary>
/// Ends what listens before anything else stops: the web server would wait for these requests until its time is over.
/// </summary>
internal sealed class ListenersEnd(SubscriptionHub subscriptions) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        subscriptions.End();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
