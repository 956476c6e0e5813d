using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Tasks;

/// <summary>
/// Tasks between clients and whoever makes them (2026-07-28, tasks extension): gives the task that answers a call an id of the
/// gateway's own, and finds by it the source that the later requests are for.
/// </summary>
/// <remarks>Calls of clients that take no tasks pass without being waited for.</remarks>
internal sealed class TaskStage(TaskIds ids, McpHandler next)
{
    public ValueTask<McpResult> InvokeAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (context.Envelope.Kind != EnvelopeKind.Request || !context.Revision.IsModern())
        {
            return next(context, cancellationToken);
        }

        return context.Envelope.Method switch
        {
            McpMethod.CallTool when TasksExtension.IsDeclared(context) => CallAsync(context, cancellationToken),
            McpMethod.GetTask or McpMethod.UpdateTask or McpMethod.CancelTask when context.View.HasTasks => AskAsync(context, cancellationToken),
            McpMethod.Listen when context.View.HasTasks && IsForTasks(context) && !TasksExtension.IsDeclared(context) => new ValueTask<McpResult>(McpResult.Fail(TasksExtension.NotDeclared)),
            _ => next(context, cancellationToken),
        };
    }

    /// <summary>Whether a client wants to be told of tasks.</summary>
    private static bool IsForTasks(McpContext context) =>
        JsonMembers.TryGet(context.Slice(context.Envelope.Params), "notifications"u8, out var filter) && JsonMembers.TryGet(filter, "taskIds"u8, out _);

    /// <summary>Calls a tool, and hands a task that comes of it over under an id of the gateway's.</summary>
    private async ValueTask<McpResult> CallAsync(McpContext context, CancellationToken cancellationToken)
    {
        var result = await next(context, cancellationToken);
        if (result.Kind != McpResultKind.Result
            || !JsonMembers.TryGet(result.Json.Span, "resultType"u8, out var type) || !JsonText.Is(type, "task"u8))
        {
            return result;
        }

        using (result)
        {
            var entry = context.Entry!;
            return JsonMembers.TryGet(result.Json.Span, "taskId"u8, out var taskId)
                && JsonText.Decode(taskId) is { Length: > 0 and <= TaskIds.LongestId } id
                ? Rewrite(result, JsonText.Encode(ids.Seal(new TaskAddress(entry.Source.Key, id), context.Caller.Key)), entry.Uris)
                : McpResult.Fail(FailureKind.UpstreamProtocol, $"The server '{entry.Source.Name}' answered with a task that has no id, or too long a one.");
        }
    }

    /// <summary>Asks, tells or cancels a task, where it is.</summary>
    private async ValueTask<McpResult> AskAsync(McpContext context, CancellationToken cancellationToken)
    {
        if (Resolve(context) is { } failure)
        {
            return McpResult.Fail(failure);
        }

        var result = await next(context, cancellationToken);
        if (result.Kind != McpResultKind.Result || context.Envelope.Method != McpMethod.GetTask)
        {
            return result;
        }

        using (result)
        {
            return Rewrite(result, context.Target, context.Entry!.Uris);
        }
    }

    /// <summary>Finds out which task is meant, and puts it where the dispatcher looks for whom to ask.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    private Failure? Resolve(McpContext context)
    {
        if (!TasksExtension.IsDeclared(context))
        {
            return TasksExtension.NotDeclared;
        }

        if (JsonText.Decode(context.Target) is not { } token
            || !ids.TryOpen(token, context.Caller.Key, out var address))
        {
            return TasksExtension.NoSuchTask;
        }

        if (context.View.FindTaskSource(address.Source) is not var (source, uris))
        {
            // It is the caller's own, and may be where the caller sees nothing any more.
            context.IsDenied = context.View.Access?.All.FindTaskSource(address.Source) is not null;
            return TasksExtension.NoSuchTask;
        }

        context.Entry = new CatalogEntry
        {
            Source = source,
            Name = token,
            SourceName = address.Id,
            SourceNameJson = JsonText.Encode(address.Id),
            Definition = ReadOnlyMemory<byte>.Empty,
            Revision = Revisions.Latest,
            Uris = uris,
        };
        return null;
    }

    private static McpResult Rewrite(in McpResult result, ReadOnlySpan<byte> clientId, UriMap uris)
    {
        var buffer = Utf8Buffer.Rent(result.Json.Length + 256);
        TaskMessage.Write(buffer, result.Json.Span, clientId, uris);
        return McpResult.Complete(buffer, buffer.Memory);
    }
}
