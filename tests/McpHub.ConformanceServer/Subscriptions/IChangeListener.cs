namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>Someone to tell when a list or a resource changes.</summary>
internal interface IChangeListener
{
    /// <summary>Passes a change on, if it is one that the listener asked for.</summary>
    Task OnChangeAsync(Change change, CancellationToken cancellationToken);
}
