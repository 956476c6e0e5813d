using System.Globalization;
using McpHub.Bridging;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.NativeTools.Tasks;

/// <summary>Answers calls of tools that run in tasks, and the requests about those tasks.</summary>
internal static class NativeTaskAnswers
{
    /// <summary>Starts a tool in a task of its own.</summary>
    public static McpResult Start(NativeTasks tasks, NativeTool tool, McpContext context)
    {
        var inTask = CopyOf(context);
        var task = tasks.TryStart(tool.TaskOptions!, async cancellationToken =>
        {
            using (inTask)
            {
                return await tool.InvokeAsync(inTask, cancellationToken);
            }
        });
        if (task is null)
        {
            inTask.Dispose();
            return McpResult.Fail(FailureKind.Overloaded, $"There are {NativeTasks.MostTasks} tasks already; try again when some have expired.");
        }

        return Write(context, task, "\"task\""u8);
    }

    /// <summary>Answers <c>tasks/get</c>, <c>tasks/update</c> and <c>tasks/cancel</c>.</summary>
    public static McpResult Answer(NativeTasks tasks, McpContext context, string id)
    {
        if (tasks.Find(id) is not { } task)
        {
            return McpResult.Fail(TasksExtension.NoSuchTask);
        }

        switch (context.Envelope.Method)
        {
            case McpMethod.GetTask:
                return Write(context, task, "\"complete\""u8);
            case McpMethod.CancelTask:
                tasks.Cancel(id);
                return Acknowledge(context);
            default:
                // A native tool asks for nothing, so nothing in an update was asked for.
                return Acknowledge(context);
        }
    }

    /// <summary>The whole task, for whoever is told of it unasked.</summary>
    public static byte[] Describe(NativeTaskRecord task)
    {
        using var buffer = Utf8Buffer.Rent(task.Outcome.Length + 512);
        var copy = new ObjectCopy(buffer);
        WriteMembers(ref copy, task, hasOutcome: true);
        copy.End();
        return buffer.Span.ToArray();
    }

    /// <summary>The call as something of its own: the client's has been answered, and its bytes given back, when the tool runs.</summary>
    private static McpContext CopyOf(McpContext context)
    {
        var copy = new McpContext
        {
            Message = context.Message.ToArray(),
            Envelope = context.Envelope,
            Revision = context.Revision,
            Caller = context.Caller,
            View = context.View,
            Entry = context.Entry,
            Trace = context.Trace,
        };
        copy.LookAsDeclared();
        return copy;
    }

    private static McpResult Write(McpContext context, NativeTaskRecord task, ReadOnlySpan<byte> resultType)
    {
        var buffer = Utf8Buffer.Rent(task.Outcome.Length + 512);
        var copy = new ObjectCopy(buffer);
        copy.Member("resultType"u8, resultType);
        WriteMembers(ref copy, task, hasOutcome: context.Envelope.Method == McpMethod.GetTask);
        ModernResult.WriteServerInfo(ref copy, context.View.ServerInfo);
        copy.End();
        return McpResult.Complete(buffer, buffer.Memory);
    }

    private static void WriteMembers(ref ObjectCopy copy, NativeTaskRecord task, bool hasOutcome)
    {
        copy.Member("taskId"u8, JsonText.Encode(task.Id));
        copy.Member("status"u8, JsonText.Encode(task.Status));
        copy.Member("createdAt"u8, Time(task.CreatedAt));
        copy.Member("lastUpdatedAt"u8, Time(task.UpdatedAt));
        copy.Begin("ttlMs"u8);
        copy.Buffer.Write((long)task.TimeToLive.TotalMilliseconds);
        copy.Begin("pollIntervalMs"u8);
        copy.Buffer.Write(task.PollIntervalMs);
        if (!task.Outcome.IsEmpty && hasOutcome)
        {
            copy.Member(task.Status == NativeTaskRecord.Completed ? "result"u8 : "error"u8, task.Outcome.Span);
        }
    }

    private static McpResult Acknowledge(McpContext context)
    {
        var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        copy.Member("resultType"u8, "\"complete\""u8);
        ModernResult.WriteServerInfo(ref copy, context.View.ServerInfo);
        copy.End();
        return McpResult.Complete(buffer, buffer.Memory);
    }

    private static byte[] Time(DateTimeOffset time) => JsonText.Encode(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
}
