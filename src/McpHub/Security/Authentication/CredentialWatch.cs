using McpHub.Pipeline;
using Microsoft.AspNetCore.Http;

namespace McpHub.Security.Authentication;

/// <summary>The credential of one request that stays open, looked at again and again until this is disposed.</summary>
/// <param name="credential">What the request came with.</param>
/// <param name="server">The server whose endpoint was called; empty for that of all.</param>
/// <param name="caller">Who it was taken to be from.</param>
/// <param name="watches">Who looks at it.</param>
internal sealed class CredentialWatch(Credential credential, string server, Caller caller, CredentialWatches watches) : IDisposable
{
    // Without a timer or a link there is nothing in it to dispose.
    private readonly CancellationTokenSource _lost = new();
    private volatile WatchedCredential _current = new(credential);

    /// <summary>What is looked at now.</summary>
    public WatchedCredential Current => _current;

    public string Server { get; } = server;

    public Caller Caller { get; } = caller;

    /// <summary>Cancelled when the credential is no longer good, or is somebody else's, or gives other rights than it did.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Looks at the credential of a later request instead, if that gives the same caller the same rights.</summary>
    public void Renew(HttpRequest request, Caller shownBy)
    {
        if (shownBy.IsAs(Caller) && Credential.Of(request, out _) is { Header: not null } shown && shown != _current.Credential)
        {
            _current = new WatchedCredential(shown);
        }
    }

    public Task LoseAsync() => _lost.CancelAsync();

    public void Dispose() => watches.Remove(this);
}
