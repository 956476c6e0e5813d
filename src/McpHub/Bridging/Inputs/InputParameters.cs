using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>Writes the parameters of a server's request for the client's revision (rules T7, T10 and T23).</summary>
internal static class InputParameters
{
    /// <summary>The parameters as bytes of their own, for what has to wait for a human: nothing pooled is held meanwhile.</summary>
    /// <param name="method">The request.</param>
    /// <param name="parameters">As the server sent them; empty for none.</param>
    /// <param name="client">What the client can do.</param>
    /// <param name="to">The client's revision.</param>
    /// <returns>The object; empty for a request without parameters.</returns>
    public static ReadOnlyMemory<byte> Write(McpMethod method, ReadOnlySpan<byte> parameters, InputKinds client, Revision to)
    {
        using var buffer = Utf8Buffer.Rent(parameters.Length + 128);
        Write(buffer, method, parameters, client, to);
        return buffer.Span.ToArray();
    }

    private static void Write(Utf8Buffer buffer, McpMethod method, ReadOnlySpan<byte> parameters, InputKinds client, Revision to)
    {
        if (parameters.IsEmpty || (method == McpMethod.ListRoots && to.IsModern()))
        {
            return;
        }

        var copy = new ObjectCopy(buffer);
        var hasElicitationId = false;
        var members = new JsonMembers(parameters);
        while (members.MoveNext())
        {
            if (members.NameIs("_meta"u8))
            {
                WriteMeta(ref copy, members.Value, to);
            }
            else if (members.NameIs("requestedSchema"u8) && to < Revision.V20251125)
            {
                copy.Begin("requestedSchema"u8);
                ElicitationSchema.WriteOlder(buffer, members.Value);
            }
            else if (Passes(ref members, method, client, to))
            {
                hasElicitationId |= members.NameIs("elicitationId"u8);
                copy.Copy(members);
            }
        }

        if (!hasElicitationId && to == Revision.V20251125 && method == McpMethod.Elicit
            && InputCapabilities.NeededBy(method, parameters) == InputKinds.UrlElicitation)
        {
            // That revision demands one; it matters to nobody but a notification that newer servers don't send.
            copy.Begin("elicitationId"u8);
            JsonText.Write(buffer, Guid.NewGuid().ToString());
        }

        copy.End();
    }

    private static bool Passes(ref JsonMembers member, McpMethod method, InputKinds client, Revision to)
    {
        if (member.NameIs("task"u8))
        {
            // Task augmentation of 2025-11-25, which the gateway doesn't offer to servers.
            return false;
        }

        return method switch
        {
            McpMethod.Elicit when member.NameIs("elicitationId"u8) => to == Revision.V20251125,
            McpMethod.Elicit when member.NameIs("mode"u8) => to >= Revision.V20251125,
            McpMethod.CreateMessage when member.NameIs("includeContext"u8) => !to.IsModern() || client.HasFlag(InputKinds.SamplingContext),
            _ => true,
        };
    }

    /// <summary>The server's progress token means nothing to the client; inside a modern input request there is no metadata at all.</summary>
    private static void WriteMeta(ref ObjectCopy copy, ReadOnlySpan<byte> meta, Revision to)
    {
        if (to.IsModern())
        {
            return;
        }

        copy.Begin("_meta"u8);
        var inner = new ObjectCopy(copy.Buffer);
        var members = new JsonMembers(meta);
        while (members.MoveNext())
        {
            if (!members.NameIs("progressToken"u8))
            {
                inner.Copy(members);
            }
        }

        inner.End();
    }
}
