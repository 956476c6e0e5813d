namespace McpHub;

/// <summary>
/// Is told of events of one type; of all, for <see cref="ICacheEvent"/>. Register it as a singleton service. It is called on the thread
/// of whoever publishes, so it must not wait; what it throws is logged, and stops nobody.
/// </summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public interface ICacheEventSubscriber<in TEvent>
    where TEvent : ICacheEvent
{
    /// <summary>Called after what the event invalidates has been dropped.</summary>
    /// <param name="cacheEvent">The event.</param>
    void OnEvent(TEvent cacheEvent);
}
