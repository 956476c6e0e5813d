using System.Collections.Frozen;
using McpHub.Bridging;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;
using McpHub.NativeTools.Tasks;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.NativeTools;

/// <summary>The tools that run in the gateway's own process, as a source of the catalog.</summary>
internal sealed class NativeToolSource : ITaskSource
{
    private readonly FrozenDictionary<string, NativeTool> _tools;
    private readonly NativeTasks _tasks;

    public NativeToolSource(string name, IReadOnlyList<NativeTool> tools, NativeTasks tasks)
    {
        Name = name;
        _tasks = tasks;
        _tools = tools.ToFrozenDictionary(t => t.Definition.Key);
        var features = ServerFeatures.Tools | (tools.Any(t => t.TaskOptions is not null) ? ServerFeatures.Tasks : ServerFeatures.None);
        Offer = new ServerOffer { Revision = Revisions.Latest, Features = features, Tools = [.. tools.Select(t => t.Definition)] };
    }

    public string Name { get; }

    /// <summary>A server may be called as this source is, but none has an empty name.</summary>
    public string Key => "";

    /// <summary>A source is made for each catalog, and what it serves is the same.</summary>
    public object Origin => _tasks;

    public ServerOffer Offer { get; }

    public ValueTask<McpResult> InvokeAsync(McpContext context, CatalogEntry entry, CancellationToken cancellationToken)
    {
        if (context.Envelope.Method.IsOfTask())
        {
            return new ValueTask<McpResult>(NativeTaskAnswers.Answer(_tasks, context, entry.SourceName));
        }

        // Nobody waits for ever for a server; a tool of the gateway's own has all the time that its tier doesn't bound.
        if (context.TierTimeout is { } timeout)
        {
            context.StartDeadline(timeout);
        }

        var tool = _tools[entry.SourceName];
        return tool.TaskOptions is null ? tool.InvokeAsync(context, cancellationToken) : InvokeInTaskAsync(tool, tool.TaskOptions, context, cancellationToken);
    }

    public ITaskWatch TryWatch(IReadOnlyCollection<string> ids, ITaskWatcher watcher) => new NativeTaskWatch(_tasks, ids, watcher);

    public CachingTraits CachingOf(CatalogEntry entry) => _tools[entry.SourceName].Caching;

    private ValueTask<McpResult> InvokeInTaskAsync(NativeTool tool, RunsAsTaskAttribute options, McpContext context, CancellationToken cancellationToken)
    {
        if (TasksExtension.IsDeclared(context))
        {
            return new ValueTask<McpResult>(NativeTaskAnswers.Start(_tasks, tool, context));
        }

        if (!options.Required)
        {
            return tool.InvokeAsync(context, cancellationToken);
        }

        return new ValueTask<McpResult>(context.Revision.IsModern()
            ? McpResult.Fail(TasksExtension.NotDeclared)
            : TextResult.Write(context, "The tool runs in a task only, which clients of this revision don't have.", isError: true));
    }
}
