using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>Finds what a request is about, before anything decides whether it may be had, how often, and whether its answer is known.</summary>
internal static class Targets
{
    /// <summary>Sets <see cref="McpContext.Entry"/>, unless it is set or nothing is found; <see cref="Unknown"/> says why not.</summary>
    public static void Resolve(McpContext context)
    {
        if (context.Envelope.Kind == EnvelopeKind.Request)
        {
            context.Entry ??= Find(context, context.View);
        }
    }

    /// <summary>What a request is about, among what a view shows.</summary>
    public static CatalogEntry? Find(McpContext context, CatalogView view)
    {
        switch (context.Envelope.Method)
        {
            case McpMethod.CallTool when context.Envelope.Name.IsPresent:
                return view.FindTool(context.Slice(context.Envelope.Name));
            case McpMethod.GetPrompt when context.Envelope.Name.IsPresent:
                return view.FindPrompt(context.Slice(context.Envelope.Name));
            case McpMethod.ReadResource or McpMethod.Subscribe or McpMethod.Unsubscribe when JsonText.Decode(context.Slice(context.Envelope.Uri)) is { } uri:
                return view.Directory.Find(uri);
            case McpMethod.Complete when TryReadReference(context, out var isPrompt, out var target):
                return isPrompt ? view.FindPrompt(target)
                    : JsonText.Decode(target) is { } name ? view.FindTemplate(name) ?? view.Directory.Find(name) : null;
            default:
                return null;
        }
    }

    /// <summary>What the client calls the target, as JSON; empty if it names none.</summary>
    public static ReadOnlySpan<byte> NameOf(McpContext context) =>
        context.Envelope.Method != McpMethod.Complete ? context.Target : TryReadReference(context, out _, out var target) ? target : default;

    /// <summary>What a client is told of a target that is missing, or is not there for it.</summary>
    public static Failure Unknown(McpContext context)
    {
        var method = context.Envelope.Method;
        if (method == McpMethod.ReadResource)
        {
            return JsonText.Decode(context.Target) is { } uri
                ? new Failure(FailureKind.ResourceNotFound, $"Resource not found: {uri}", ErrorTranslator.ResourceData(context.Target))
                : Invalid("'params.uri' is missing.");
        }

        if (method == McpMethod.Complete)
        {
            return !JsonMembers.TryGet(context.Slice(context.Envelope.Params), "ref"u8, out _) ? Invalid("'params.ref' is missing.")
                : !TryReadReference(context, out _, out var target) ? Invalid("'params.ref' names neither a prompt nor a resource.")
                : Invalid($"nothing to complete for {JsonText.Decode(target)}.");
        }

        return !context.Envelope.Name.IsPresent ? Invalid("'params.name' is missing.")
            : new Failure(FailureKind.InvalidParams, $"Unknown {(method == McpMethod.GetPrompt ? "prompt" : "tool")}: {JsonText.Decode(context.Target)}");
    }

    /// <summary>Reads what a <c>completion/complete</c> is for: a prompt's name, or a resource's URI or template, as JSON.</summary>
    private static bool TryReadReference(McpContext context, out bool isPrompt, out ReadOnlySpan<byte> target)
    {
        isPrompt = false;
        target = default;
        if (!JsonMembers.TryGet(context.Slice(context.Envelope.Params), "ref"u8, out var reference))
        {
            return false;
        }

        isPrompt = JsonMembers.TryGet(reference, "type"u8, out var type) && JsonText.Is(type, "ref/prompt"u8);
        return JsonMembers.TryGet(reference, isPrompt ? "name"u8 : "uri"u8, out target) && JsonText.Decode(target) is not null;
    }

    private static Failure Invalid(string what) => new(FailureKind.InvalidParams, $"Invalid params: {what}");
}
