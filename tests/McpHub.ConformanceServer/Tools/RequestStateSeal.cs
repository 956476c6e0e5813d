using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ModelContextProtocol;

namespace McpHub.ConformanceServer.Tools;

/// <summary>
/// Signs the state that travels through the client, as the specification asks of servers that act on it. The key lives as long
/// as the process, so a state from another one does not open.
/// </summary>
internal static class RequestStateSeal
{
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    public static string Seal(string state) => $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(state))}.{Sign(state)}";

    /// <returns>The state, or null when the request carries none.</returns>
    /// <exception cref="McpProtocolException">The state was not sealed here, or has been changed.</exception>
    public static string? Open(string? sealedState)
    {
        if (sealedState is null)
        {
            return null;
        }

        var dot = sealedState.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Base64Url.IsValid(sealedState.AsSpan(0, dot)))
        {
            var state = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(sealedState.AsSpan(0, dot)));
            var signature = Encoding.UTF8.GetBytes(sealedState[(dot + 1)..]);
            if (CryptographicOperations.FixedTimeEquals(signature, Encoding.UTF8.GetBytes(Sign(state))))
            {
                return state;
            }
        }

        throw new McpProtocolException("The requestState is not one that this server issued.", McpErrorCode.InvalidParams);
    }

    private static string Sign(string state) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(ProcessKey, Encoding.UTF8.GetBytes(state)));
}
