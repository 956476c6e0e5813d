using System.Diagnostics.Metrics;
using McpHub.Observability;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Security.Permissions;

/// <summary>
/// Decides on a request once it is known what it is about. What may not be had is not there: it is answered by whoever answers for the
/// unknown, in the same words.
/// </summary>
internal sealed class PermissionCheck(McpMetrics metrics)
{
    private readonly Counter<long> _refused = metrics.Counter(
        "mcphub.permissions.refused", "{request}", "Requests for what the policy keeps from their caller.");

    /// <summary>
    /// Takes <see cref="McpContext.Entry"/> away if the caller may not have it, and leaves the name of the rule in <see cref="McpContext.Rule"/>.
    /// </summary>
    /// <returns>Why the request ends here; <see langword="null"/> if it goes on, with or without the entry.</returns>
    public Failure? Check(McpContext context)
    {
        if (context.View.Access is not { } access || context.Envelope.Kind != EnvelopeKind.Request || !IsDecided(context.Envelope.Method))
        {
            return null;
        }

        if ((context.Entry ?? Targets.Find(context, access.All)) is not { } entry)
        {
            return null;
        }

        var to = access.To(entry);
        var decision = context.Envelope.Method is McpMethod.CallTool or McpMethod.GetPrompt ? to.Decide(context.Slice(context.Envelope.Arguments)) : to.Decision;
        context.Rule = decision.Rule;
        if (decision.Outcome == AccessOutcome.Allowed)
        {
            return null;
        }

        (context.Entry, context.IsDenied) = (null, true);
        var isStepUp = decision.Outcome == AccessOutcome.InsufficientScope;
        _refused.Add(1, new("mcphub.policy.rule", decision.Rule), new("mcphub.policy.outcome", isStepUp ? "insufficient_scope" : "denied"));
        return isStepUp ? InsufficientScope(decision.Scopes!) : null;
    }

    private static bool IsDecided(McpMethod method) => method is McpMethod.CallTool or McpMethod.GetPrompt or McpMethod.ReadResource or McpMethod.Complete or McpMethod.Subscribe;

    private static Failure InsufficientScope(IReadOnlyList<string> scopes)
    {
        using var data = Utf8Buffer.Rent();
        var copy = new ObjectCopy(data);
        copy.Begin("requiredScopes"u8);
        data.Write((byte)'[');
        for (var i = 0; i < scopes.Count; i++)
        {
            data.Write(i == 0 ? ""u8 : ","u8);
            JsonText.Write(data, scopes[i]);
        }

        data.Write((byte)']');
        copy.End();
        return new Failure(FailureKind.InsufficientScope, $"Insufficient scope: this needs {string.Join(' ', scopes)}.", data.Span.ToArray()) { Scopes = scopes };
    }
}
