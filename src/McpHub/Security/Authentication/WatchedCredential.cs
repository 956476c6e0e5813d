namespace McpHub.Security.Authentication;

/// <summary>A credential that is looked at again and again, and until when it needs no judging. For one thread at a time.</summary>
internal sealed class WatchedCredential(Credential credential)
{
    private object? _era;
    private DateTimeOffset _expires;

    public Credential Credential { get; } = credential;

    /// <summary>Whether it was found good in this <see cref="RememberedTokens.Era"/>, and hasn't expired since.</summary>
    public bool IsGood(object era, DateTimeOffset now) => ReferenceEquals(era, _era) && now < _expires;

    /// <summary>Keeps that it was found good.</summary>
    public void Keep(object era, DateTimeOffset expires) => (_era, _expires) = (era, expires);
}
