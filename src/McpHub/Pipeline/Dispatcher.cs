using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Pipeline;

/// <summary>The end of the pipeline: answers from the catalog's ready bytes, or hands the request to the source of its entry.</summary>
internal static class Dispatcher
{
    // They are kept as long as the session; clients need a few hundred bytes.
    private const int MostCapabilities = 8 * 1024;

    public static ValueTask<McpResult> DispatchAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (context.Envelope.Kind == EnvelopeKind.Notification)
        {
            TakeNotification(context);
            return new ValueTask<McpResult>(McpResult.None);
        }

        var view = context.View;
        return context.Envelope.Method switch
        {
            _ when !IsOffered(context) => Fail(FailureKind.MethodNotFound, $"Method not found: {JsonText.Decode(context.Slice(context.Envelope.MethodName))}"),
            McpMethod.CallTool or McpMethod.GetPrompt or McpMethod.ReadResource or McpMethod.Complete
                or McpMethod.GetTask or McpMethod.UpdateTask or McpMethod.CancelTask => AskSourceAsync(context, cancellationToken),
            McpMethod.ListTools => List(context, view.Tools),
            McpMethod.ListPrompts => List(context, view.Prompts),
            McpMethod.ListResources => List(context, view.Resources),
            McpMethod.ListResourceTemplates => List(context, view.ResourceTemplates),
            McpMethod.Discover => new ValueTask<McpResult>(McpResult.Complete(view.DiscoverResult)),
            McpMethod.Initialize => new ValueTask<McpResult>(Initialize(context)),
            McpMethod.Ping => new ValueTask<McpResult>(McpResult.Empty),
            McpMethod.SetLevel => new ValueTask<McpResult>(SetLevel(context)),
            var other => throw new InvalidOperationException($"A method that is offered and not answered: {other}."),
        };
    }

    /// <summary>Whether the client's era has the method, and something behind the endpoint answers it.</summary>
    private static bool IsOffered(McpContext context)
    {
        var method = context.Envelope.Method;
        if (!(context.Revision.IsModern() ? method.IsModernRequest() : method.IsLegacyRequest()))
        {
            return false;
        }

        var features = context.View.Features;
        return method switch
        {
            McpMethod.ListTools or McpMethod.CallTool => features.HasFlag(ServerFeatures.Tools),
            McpMethod.ListPrompts or McpMethod.GetPrompt => features.HasFlag(ServerFeatures.Prompts),
            McpMethod.ListResources or McpMethod.ListResourceTemplates or McpMethod.ReadResource => features.HasFlag(ServerFeatures.Resources),
            McpMethod.GetTask or McpMethod.UpdateTask or McpMethod.CancelTask => context.View.HasTasks,

            McpMethod.Subscribe or McpMethod.Unsubscribe => features.HasFlag(ServerFeatures.Subscriptions),

            // The method is older than its capability: a server of 2024-11-05 has it without saying so.
            McpMethod.Complete => features.HasFlag(ServerFeatures.Completions) || !context.Revision.IsModern(),
            _ => true,
        };
    }

    private static ValueTask<McpResult> List(McpContext context, ReadyList list) =>
        list.TryGetPage(context.Revision, context.Slice(context.Envelope.Cursor), out var page)
            ? new ValueTask<McpResult>(McpResult.Complete(page))
            : Fail(FailureKind.InvalidParams, "Invalid params: this cursor is not of this list, or the list has changed; begin again without a cursor.");

    /// <summary>Hands the request to the source of what it is about.</summary>
    private static ValueTask<McpResult> AskSourceAsync(McpContext context, CancellationToken cancellationToken) =>
        context.Entry is { } entry
            ? entry.Source.InvokeAsync(context, entry, cancellationToken)
            : new ValueTask<McpResult>(McpResult.Fail(Targets.Unknown(context)));

    /// <summary>Answers the handshake; what becomes of the session is the transport's business.</summary>
    private static McpResult Initialize(McpContext context)
    {
        var parameters = context.Slice(context.Envelope.Params);
        if (parameters.IsEmpty || !JsonMembers.TryGet(parameters, "protocolVersion"u8, out var version) || JsonText.Decode(version) is not { } asked)
        {
            return McpResult.Fail(FailureKind.InvalidParams, "Invalid params: 'params.protocolVersion' is missing.");
        }

        // A client that asks for a revision without a handshake, or for one that nobody knows, gets the newest that has one.
        var revision = Revisions.TryParse(asked, out var known) && !known.IsModern() ? known : Revisions.LatestLegacy;
        var capabilities = JsonMembers.TryGet(parameters, "capabilities"u8, out var declared) && !declared.SequenceEqual("{}"u8) ? declared.ToArray() : [];
        if (capabilities.Length > MostCapabilities)
        {
            return McpResult.Fail(FailureKind.InvalidParams, $"Invalid params: 'params.capabilities' has more than {MostCapabilities} bytes.");
        }

        var session = new ClientSession("", revision, capabilities) { Caller = context.Caller };
        return context.OpenSession(session) is { } failure
            ? McpResult.Fail(failure)
            : McpResult.Complete(context.View.For(context.Caller, session.Features).InitializeResult(revision));
    }

    private static McpResult SetLevel(McpContext context)
    {
        if (!JsonMembers.TryGet(context.Slice(context.Envelope.Params), "level"u8, out var json) || !McpLogLevels.TryParse(json, out var level))
        {
            return McpResult.Fail(FailureKind.InvalidParams, "Invalid params: 'params.level' has to be one of debug, info, notice, warning, error, critical, alert and emergency.");
        }

        if (context.Session is { } session)
        {
            session.LogLevel = level;
        }

        return McpResult.Empty;
    }

    private static void TakeNotification(McpContext context)
    {
        if (context.Envelope.Method == McpMethod.CancelledNotification
            && JsonMembers.TryGet(context.Slice(context.Envelope.Params), "requestId"u8, out var id))
        {
            (context.InFlight ?? context.Session?.InFlight)?.Cancel(id);
        }

        if (context.Envelope.Method == McpMethod.RootsChangedNotification)
        {
            context.Session?.OnRootsChanged();
        }

        // 'initialized' needs nothing, and the rest is not for servers.
    }

    private static ValueTask<McpResult> Fail(FailureKind kind, string message) => new(McpResult.Fail(kind, message));
}
