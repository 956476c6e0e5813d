using System.Diagnostics.Metrics;
using System.Net;
using McpHub.Observability;
using McpHub.Pipeline;
using Microsoft.Extensions.Logging;

namespace McpHub.Security.Authentication;

/// <summary>Counts and logs what comes of credentials, and never what is in them.</summary>
internal sealed partial class SignInTelemetry : ISignInObserver
{
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _refusals;
    private readonly ILogger _logger;

    public SignInTelemetry(McpMetrics metrics, ILogger<SignInTelemetry> logger)
    {
        _signIns = metrics.Counter("mcphub.auth.sign_ins", "{credential}", "Credentials that were found good and were not remembered.");
        _refusals = metrics.Counter("mcphub.auth.refusals", "{request}", "Requests that were refused for their credential, by why.");
        _logger = logger;
    }

    public void OnSignedIn(Caller caller, IPAddress? address) => _signIns.Add(1);

    public void OnRefused(CredentialFault fault, string server, IPAddress? address)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("error.type", NameOf(fault)));
        LogRefused(_logger, fault);
    }

    public static string NameOf(CredentialFault fault) => fault switch
    {
        CredentialFault.TooLong => "too_long",
        CredentialFault.NotYetValid => "not_yet_valid",
        CredentialFault.SenderConstrained => "sender_constrained",
        CredentialFault.ApiKey => "api_key",
        CredentialFault.KeysUnavailable => "keys_unavailable",
        _ => fault.ToString().ToLowerInvariant(),
    };

    [LoggerMessage(225, LogLevel.Debug, "A request was refused for its credential: {Fault}.")]
    private static partial void LogRefused(ILogger logger, CredentialFault fault);
}
