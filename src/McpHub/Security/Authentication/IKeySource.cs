namespace McpHub.Security.Authentication;

/// <summary>Where the keys of an issuer come from. Thread-safe.</summary>
internal interface IKeySource
{
    /// <summary>The last good keys; <see langword="null"/> if there have never been any.</summary>
    KeySet? Current { get; }

    /// <summary>Why there are no fresh keys; <see langword="null"/> if there are.</summary>
    string? Problem { get; }

    /// <summary>Looks for other keys than <see cref="Current"/>. At a bounded rate: at other times nothing happens.</summary>
    /// <returns>What is current then.</returns>
    Task<KeySet?> RefreshAsync();
}
