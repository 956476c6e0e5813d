using System.Text.Json;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>Between the capabilities of a client, as JSON, and <see cref="InputKinds"/>.</summary>
internal static class InputCapabilities
{
    // The most that can be asked for are six flags.
    private static readonly byte[]?[] Written = new byte[64][];

    /// <summary>What the client of a request can be asked while it runs.</summary>
    /// <remarks>
    /// A modern client answers by sending the request again, which only three methods allow (2026-07-28, "Multi round-trip
    /// requests"); a legacy one by a response in its session.
    /// </remarks>
    public static InputKinds Of(McpContext context)
    {
        return context.Session is null && context.Envelope.Method is not (McpMethod.CallTool or McpMethod.GetPrompt or McpMethod.ReadResource)
            ? InputKinds.None
            : (InputKinds)(context.Features & ClientFeatures.Inputs);
    }

    /// <summary>Reads a client's capabilities. <c>elicitation: {}</c> means forms (2025-11-25, "Elicitation").</summary>
    public static InputKinds Read(ReadOnlySpan<byte> capabilities)
    {
        var kinds = InputKinds.None;
        var members = new JsonMembers(capabilities);
        while (members.MoveNext())
        {
            if (members.Kind != JsonTokenType.StartObject)
            {
                continue;
            }

            if (members.NameIs("roots"u8))
            {
                kinds |= InputKinds.Roots;
            }
            else if (members.NameIs("sampling"u8))
            {
                kinds |= InputKinds.Sampling;
                kinds |= Has(members.Value, "tools"u8) ? InputKinds.SamplingTools : InputKinds.None;
                kinds |= Has(members.Value, "context"u8) ? InputKinds.SamplingContext : InputKinds.None;
            }
            else if (members.NameIs("elicitation"u8))
            {
                var hasUrl = Has(members.Value, "url"u8);
                kinds |= hasUrl ? InputKinds.UrlElicitation : InputKinds.None;
                kinds |= !hasUrl || Has(members.Value, "form"u8) ? InputKinds.FormElicitation : InputKinds.None;
            }
        }

        return kinds;
    }

    /// <summary>The kinds as the capabilities of a client, in the form that 2025-11-25 and 2026-07-28 share.</summary>
    public static ReadOnlySpan<byte> Write(InputKinds kinds) => Written[(int)kinds] ??= WriteAnew(kinds);

    /// <summary>What a client must be able to do to be asked this.</summary>
    public static InputKinds NeededBy(McpMethod method, ReadOnlySpan<byte> parameters)
    {
        switch (method)
        {
            case McpMethod.ListRoots:
                return InputKinds.Roots;
            case McpMethod.Elicit:
                return JsonMembers.TryGet(parameters, "mode"u8, out var mode) && JsonText.Is(mode, "url"u8)
                    ? InputKinds.UrlElicitation
                    : InputKinds.FormElicitation;
            case McpMethod.CreateMessage:
                // 'includeContext' is a hint that is left out where the client doesn't know it.
                return InputKinds.Sampling
                    | (Has(parameters, "tools"u8) || Has(parameters, "toolChoice"u8) ? InputKinds.SamplingTools : InputKinds.None);
            default:
                return InputKinds.None;
        }
    }

    /// <summary>Whether a client that can do this much can be asked that.</summary>
    public static bool CanBeAsked(InputKinds client, McpMethod method, ReadOnlySpan<byte> parameters) =>
        method.IsInput() && (NeededBy(method, parameters) & ~client) == InputKinds.None;

    private static bool Has(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        JsonMembers.TryGet(json, name, out var value) && !value.SequenceEqual("null"u8);

    private static byte[] WriteAnew(InputKinds kinds)
    {
        using var buffer = Utf8Buffer.Rent();
        var capabilities = new ObjectCopy(buffer);
        if (kinds.HasFlag(InputKinds.Roots))
        {
            capabilities.Member("roots"u8, "{}"u8);
        }

        WriteGroup(ref capabilities, kinds, "sampling"u8, InputKinds.Sampling, "tools"u8, InputKinds.SamplingTools, "context"u8, InputKinds.SamplingContext);
        WriteGroup(
            ref capabilities, kinds, "elicitation"u8, InputKinds.FormElicitation | InputKinds.UrlElicitation,
            "form"u8, InputKinds.FormElicitation, "url"u8, InputKinds.UrlElicitation);
        capabilities.End();
        return buffer.Span.ToArray();
    }

    private static void WriteGroup(
        ref ObjectCopy capabilities,
        InputKinds kinds,
        ReadOnlySpan<byte> name,
        InputKinds any,
        ReadOnlySpan<byte> firstName,
        InputKinds first,
        ReadOnlySpan<byte> secondName,
        InputKinds second)
    {
        if ((kinds & any) == 0)
        {
            return;
        }

        capabilities.Begin(name);
        var group = new ObjectCopy(capabilities.Buffer);
        if (kinds.HasFlag(first))
        {
            group.Member(firstName, "{}"u8);
        }

        if (kinds.HasFlag(second))
        {
            group.Member(secondName, "{}"u8);
        }

        group.End();
    }
}
