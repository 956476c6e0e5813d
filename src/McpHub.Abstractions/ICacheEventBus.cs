namespace McpHub;

/// <summary>Where native tools tell what they have changed. Thread-safe.</summary>
public interface ICacheEventBus
{
    /// <summary>
    /// Drops what is cached under the event's tags, and then tells the subscribers. Publish after the change is in effect: when this
    /// returns, no answer from before it is given to anybody who asks from now on.
    /// </summary>
    /// <typeparam name="TEvent">The event's type, by which subscribers are found.</typeparam>
    /// <param name="cacheEvent">The event.</param>
    void Publish<TEvent>(TEvent cacheEvent)
        where TEvent : class, ICacheEvent;
}
