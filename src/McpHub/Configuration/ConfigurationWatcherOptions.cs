namespace McpHub.Configuration;

/// <summary>How a configuration file is watched.</summary>
public sealed record ConfigurationWatcherOptions
{
    /// <summary>How long the content has to stay the same before it is handed over, and notifications are gathered.</summary>
    /// <value>250 ms by default: longer than an editor takes to write, rename and set permissions.</value>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the content is looked at without any notification.</summary>
    /// <value>10 s by default. Network file systems, bind mounts and changed symbolic links further up notify nobody.</value>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the file system's notifications are used; without them only the poll is left.</summary>
    public bool Notifications { get; init; } = true;
}
