using McpHub.Configuration;
using McpHub.Pipeline;

namespace McpHub.Security.Authentication;

/// <summary>
/// Who a client is that reaches the gateway without a network: the user who started it. It is told by the configuration, since whoever
/// can start the gateway can also change that. Thread-safe.
/// </summary>
internal sealed class LocalCaller
{
    private volatile Tuple<LocalIdentityConfig, Caller>? _last;

    /// <summary>The caller by the configuration that is live; one instance as long as that doesn't change.</summary>
    public Caller Of(HubConfig config)
    {
        var identity = config.Gateway.Auth.Stdio;
        if (identity.Subject is not { } subject)
        {
            return Caller.Anonymous;
        }

        var last = _last;
        if (!ReferenceEquals(last?.Item1, identity))
        {
            last = Tuple.Create(identity, new Caller { Key = "local|" + subject, Subject = subject, Roles = identity.Roles, Scopes = identity.Scopes });
            _last = last;
        }

        return last!.Item2;
    }
}
