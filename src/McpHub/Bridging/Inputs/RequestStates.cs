using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>
/// The <c>requestState</c> that modern clients carry for the gateway: sealed, and good only for the same caller, server, method and
/// parameters.
/// </summary>
internal sealed class RequestStates(StateSeal seal)
{
    /// <summary>Whether the request brings a state at all.</summary>
    public static bool IsIn(McpContext context) =>
        context.Envelope.IsInputRetry && context.Revision.IsModern() && JsonMembers.TryGet(context.Slice(context.Envelope.Params), "requestState"u8, out _);

    public string Seal(McpContext context, CatalogEntry entry, RequestStateKind kind, ReadOnlySpan<byte> content, TimeSpan lifetime)
    {
        Span<byte> whole = new byte[content.Length + 1];
        whole[0] = (byte)kind;
        content.CopyTo(whole[1..]);
        return seal.Seal(whole, Binding(context, entry), lifetime);
    }

    /// <summary>Opens the state that the request brings.</summary>
    /// <returns>Whether it was given out for this request, and is still good.</returns>
    public bool TryOpen(McpContext context, CatalogEntry entry, out RequestStateKind kind, out ReadOnlyMemory<byte> content)
    {
        kind = default;
        content = default;
        if (!JsonMembers.TryGet(context.Slice(context.Envelope.Params), "requestState"u8, out var json)
            || JsonText.Decode(json) is not { } token || !seal.TryOpen(token, Binding(context, entry), out var whole) || whole.Length == 0)
        {
            return false;
        }

        kind = (RequestStateKind)whole[0];
        content = whole.AsMemory(1);
        return true;
    }

    /// <summary>What a state is good for, as one hash.</summary>
    private static byte[] Binding(McpContext context, CatalogEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, context.Caller.Key);
        Append(hash, entry.Source.Name);
        Append(hash, context.Envelope.Method.Text());
        using var parameters = JsonDocument.Parse(context.Envelope.Params.Of(context.Message), JsonDefaults.Document);
        foreach (var member in parameters.RootElement.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (member.Name is not ("_meta" or "inputResponses" or "requestState"))
            {
                Append(hash, member.Name);
                AppendValue(hash, member.Value);
            }
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Clients may write the same value another way the second time: members in another order, other white space.</summary>
    private static void AppendValue(IncrementalHash hash, JsonElement value)
    {
        hash.AppendData([(byte)value.ValueKind]);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).ToArray();
                Append(hash, members.Length);
                foreach (var member in members)
                {
                    Append(hash, member.Name);
                    AppendValue(hash, member.Value);
                }

                break;
            case JsonValueKind.Array:
                Append(hash, value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    AppendValue(hash, item);
                }

                break;
            default:
                Append(hash, value.GetRawText());
                break;
        }
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, int number) => hash.AppendData(BitConverter.GetBytes(number));
}
