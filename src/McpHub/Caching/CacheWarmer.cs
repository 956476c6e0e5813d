using System.Text;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Caching;

/// <summary>
/// Fetches the results that the configuration names before anybody asks for them: each as soon as its tool is there. One at a time,
/// aside. Thread-safe.
/// </summary>
internal sealed partial class CacheWarmer(ResultCache cache, ILogger<CacheWarmer> logger) : IConfiguredPart
{
    private readonly CacheStage _stage = new(cache, Dispatcher.DispatchAsync);
    private readonly Lock _lock = new();
    private List<CacheWarmConfig> _pending = [];
    private CatalogSnapshot? _snapshot;
    private bool _isRunning;

    public void Apply(HubConfig config)
    {
        var own = config.Gateway.Cache;
        lock (_lock)
        {
            _pending = own.Enabled ? [.. own.Warm] : [];
        }
    }

    /// <summary>A new catalog is live: tools that were missing may be there.</summary>
    public void OnCatalogChanged(CatalogSnapshot snapshot)
    {
        lock (_lock)
        {
            _snapshot = snapshot;
            if (_isRunning || _pending.Count == 0)
            {
                return;
            }

            _isRunning = true;
        }

        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        while (TakeNext() is ({ } call, { } view))
        {
            try
            {
                using var context = new McpContext();
                await WarmAsync(context, call, view);
            }
            catch (Exception e)
            {
                // Nobody else sees this task fail, and the calls after this one are still wanted.
                LogBroken(logger, e, call.Tool);
            }
        }
    }

    /// <summary>The next call whose tool is there. Once there is none, the next catalog begins anew.</summary>
    private (CacheWarmConfig Call, CatalogView View)? TakeNext()
    {
        lock (_lock)
        {
            var view = _snapshot!.Root;
            var at = _pending.FindIndex(call => view.FindTool(JsonText.Encode(call.Tool)) is not null);
            if (at < 0)
            {
                _isRunning = false;
                return null;
            }

            var call = _pending[at];
            _pending.RemoveAt(at);
            return (call, view);
        }
    }

    private async Task WarmAsync(McpContext context, CacheWarmConfig call, CatalogView view)
    {
        var message = Write(call);
        context.Message = message;
        context.Revision = Revisions.Latest;
        context.View = view;
        _ = EnvelopeReader.Read(message, out context.Envelope);
        Targets.Resolve(context);
        var plan = cache.Model is { } model && context.Entry is { } entry ? cache.PlanOf(model, entry, isResource: false) : null;
        if (plan?.Rule is null)
        {
            // It would only be called for nothing.
            LogNotKept(logger, call.Tool);
            return;
        }

        using var result = await _stage.InvokeAsync(context, context.Cancellation);
        if (result.Kind != McpResultKind.Result || result.IsToolError)
        {
            LogNotWarmed(logger, call.Tool, result.Failure?.Message ?? "the tool failed.");
        }
    }

    private static byte[] Write(CacheWarmConfig call)
    {
        using var buffer = Utf8Buffer.Rent();
        McpMessages.BeginRequest(buffer, 0, McpMethod.CallTool);
        var parameters = new ObjectCopy(buffer);
        parameters.Member("name"u8, JsonText.Encode(call.Tool));
        parameters.Member("arguments"u8, Encoding.UTF8.GetBytes(call.Arguments));
        parameters.End();
        buffer.Write((byte)'}');
        return buffer.Span.ToArray();
    }

    [LoggerMessage(252, LogLevel.Warning, "The result of '{Tool}' could not be fetched in advance: {Reason}")]
    private static partial void LogNotWarmed(ILogger logger, string tool, string reason);

    [LoggerMessage(253, LogLevel.Warning, "The result of '{Tool}' is not fetched in advance: no rule of gateway.cache.tools keeps it.")]
    private static partial void LogNotKept(ILogger logger, string tool);

    [LoggerMessage(254, LogLevel.Error, "The result of '{Tool}' could not be fetched in advance, in a way that it should not have failed.")]
    private static partial void LogBroken(ILogger logger, Exception exception, string tool);
}
