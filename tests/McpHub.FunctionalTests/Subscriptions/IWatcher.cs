using System.Text.Json;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>A client that is told of changes, whatever its era and transport.</summary>
internal interface IWatcher : IAsyncDisposable
{
    /// <summary>The next notification of a change.</summary>
    Task<JsonElement> NextAsync();
}
