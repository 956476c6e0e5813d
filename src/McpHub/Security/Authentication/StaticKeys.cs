namespace McpHub.Security.Authentication;

/// <summary>The one key that stands in the configuration.</summary>
internal sealed class StaticKeys(VerificationKey key) : IKeySource
{
    private readonly KeySet _keys = new([key]);

    public KeySet? Current => _keys;

    public string? Problem => null;

    public Task<KeySet?> RefreshAsync() => Task.FromResult<KeySet?>(_keys);
}
