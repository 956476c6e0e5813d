using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>The places that there are for sessions of legacy clients, where they are bounded. Thread-safe.</summary>
internal interface ISessionPlaces
{
    /// <summary>Takes a place.</summary>
    /// <returns>Why there is none, or <see langword="null"/>.</returns>
    Failure? Reserve();

    /// <summary>Gives a place back.</summary>
    void Release();
}
