using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace McpHub.Bridging;

/// <summary>
/// Seals what a client carries for the gateway, so that it can neither be read nor changed, nor used for anything else or any later
/// than it was meant (2026-07-28, "Multi round-trip requests": <c>requestState</c> comes from an attacker until proven otherwise).
/// Thread-safe.
/// </summary>
/// <remarks>
/// AES-256-GCM under a random nonce. What a token is bound to is authenticated and not carried: the same bytes have to be given again
/// to open it. On the wire: <c>v1.</c> and, as base64url, the nonce, the sealed expiry and content, and the tag.
/// </remarks>
internal sealed class StateSeal : IDisposable
{
    public const int KeyLength = 32;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int ExpiryLength = sizeof(long);

    // More than any state the gateway makes; what is longer is not one of its own.
    private const int LongestToken = 1024 * 1024;

    private const string Version = "v1.";

    private readonly Lock _lock = new();
    private readonly Lazy<AesGcm> _cipher;
    private readonly TimeProvider _time;

    /// <param name="key">The secret, of <see cref="KeyLength"/> bytes.</param>
    /// <param name="time">The clock that tokens expire by.</param>
    public StateSeal(ReadOnlySpan<byte> key, TimeProvider time)
        : this(new Lazy<AesGcm>(new AesGcm(key, TagLength)), time)
    {
    }

    private StateSeal(Lazy<AesGcm> cipher, TimeProvider time)
    {
        _cipher = cipher;
        _time = time;
    }

    /// <summary>A seal whose tokens nobody can open but this process.</summary>
    /// <remarks>Its key is made with the first token: cryptography takes its time to load, and most gateways never need it.</remarks>
    public static StateSeal OfThisProcess(TimeProvider time) =>
        new(new Lazy<AesGcm>(() => new AesGcm(RandomNumberGenerator.GetBytes(KeyLength), TagLength)), time);

    /// <summary>Seals <paramref name="content"/>.</summary>
    /// <param name="content">What the client is to carry.</param>
    /// <param name="binding">What the token is good for; it has to be the same when it is opened.</param>
    /// <param name="lifetime">How long it is good.</param>
    public string Seal(ReadOnlySpan<byte> content, ReadOnlySpan<byte> binding, TimeSpan lifetime)
    {
        var token = new byte[NonceLength + ExpiryLength + content.Length + TagLength];
        var nonce = token.AsSpan(0, NonceLength);
        var sealedContent = token.AsSpan(NonceLength, ExpiryLength + content.Length);
        RandomNumberGenerator.Fill(nonce);
        BinaryPrimitives.WriteInt64BigEndian(sealedContent, (_time.GetUtcNow() + lifetime).ToUnixTimeMilliseconds());
        content.CopyTo(sealedContent[ExpiryLength..]);
        lock (_lock)
        {
            _cipher.Value.Encrypt(nonce, sealedContent, sealedContent, token.AsSpan(token.Length - TagLength), binding);
        }

        return Version + Base64Url.EncodeToString(token);
    }

    /// <summary>Opens a token.</summary>
    /// <param name="token">What the client brought.</param>
    /// <param name="binding">What it is to be good for.</param>
    /// <param name="content">What was sealed.</param>
    /// <returns>Whether it was sealed here, for this, and is still good. Why not is nobody's business.</returns>
    public bool TryOpen(string token, ReadOnlySpan<byte> binding, out byte[] content)
    {
        content = [];
        if (token.Length > LongestToken || !token.StartsWith(Version, StringComparison.Ordinal))
        {
            return false;
        }

        var text = Encoding.UTF8.GetBytes(token[Version.Length..]);
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromUtf8(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done
            || length < NonceLength + ExpiryLength + TagLength

            // One token has one spelling: base64 has spare bits at its end, and characters that it skips.
            || Base64Url.EncodeToString(bytes.AsSpan(0, length)) != token[Version.Length..])
        {
            return false;
        }

        var open = bytes.AsSpan(NonceLength, length - NonceLength - TagLength);
        try
        {
            lock (_lock)
            {
                _cipher.Value.Decrypt(bytes.AsSpan(0, NonceLength), open, bytes.AsSpan(length - TagLength, TagLength), open, binding);
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        if (_time.GetUtcNow().ToUnixTimeMilliseconds() > BinaryPrimitives.ReadInt64BigEndian(open))
        {
            return false;
        }

        content = open[ExpiryLength..].ToArray();
        return true;
    }

    public void Dispose()
    {
        if (_cipher.IsValueCreated)
        {
            _cipher.Value.Dispose();
        }
    }
}
