using System.Diagnostics;
using System.Text;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Observability;

/// <summary>
/// One measured operation: a span, if somebody traces, and a duration, if somebody measures. Whether anybody does is read once, at
/// the start, so that start and end match.
/// </summary>
/// <remarks>
/// A request to an upstream is counted from the client's message on: what lies between is a microsecond, and reading the clock twice
/// for it shows in what a call costs.
/// </remarks>
internal readonly struct McpOperation : IDisposable
{
    private readonly OperationDurations? _durations;
    private readonly Activity? _activity;
    private readonly McpContext _context;
    private readonly string? _server;

    private McpOperation(OperationDurations durations, Activity? activity, McpContext context, string? server)
    {
        _durations = durations.IsEnabled ? durations : null;
        _activity = activity;
        _context = context;
        _server = server;
    }

    public static McpOperation StartServer(OperationDurations durations, ActivitySource source, McpContext context)
    {
        context.Started = Stopwatch.GetTimestamp();
        Activity? activity = null;
        if (source.HasListeners())
        {
            // The trace of the message itself is the parent; the HTTP request that happened to carry it is only linked.
            var parent = TraceContext.Read(context.Message.Span, context.Envelope);
            var ambient = Activity.Current?.Context ?? default;
            activity = source.StartActivity(
                context.Envelope.Method.Text(), context.Depth == 0 ? ActivityKind.Server : ActivityKind.Internal, parent == default ? ambient : parent,
                links: parent != default && ambient != default ? [new ActivityLink(ambient)] : null);
            context.Trace = activity?.Context ?? parent;
            if (activity is { IsAllDataRequested: true } && context.Envelope.Id.IsPresent)
            {
                activity.SetTag("jsonrpc.request.id", JsonText.Decode(context.Id) ?? Encoding.UTF8.GetString(context.Id));
            }
        }

        return new McpOperation(durations, activity, context, null);
    }

    public static McpOperation StartClient(
        OperationDurations durations, ActivitySource source, McpContext context, CatalogEntry entry, Upstream upstream)
    {
        Activity? activity = null;
        if (source.HasListeners())
        {
            activity = source.StartActivity(NameOf(context, entry), ActivityKind.Client, context.Trace);
            if (activity is not null)
            {
                context.Trace = activity.Context;
                AddAddress(activity, upstream.Config.Transport);
            }
        }

        return new McpOperation(durations, activity, context, upstream.Name);
    }

    public void End(in McpResult result)
    {
        if (_durations is null && _activity is null)
        {
            return;
        }

        var labels = OperationLabels.Of(_context, _server, result);
        _durations?.Record(labels, Stopwatch.GetTimestamp() - _context.Started);
        if (_activity is { IsAllDataRequested: true })
        {
            Complete(labels, result);
        }
    }

    public void Dispose() => _activity?.Dispose();

    private void Complete(in OperationLabels labels, in McpResult result)
    {
        if (_context.Entry is { } entry)
        {
            _activity!.DisplayName = NameOf(_context, entry);
        }

        foreach (var (name, value) in labels.ToTags())
        {
            _activity!.SetTag(name, value);
        }

        if (labels.ErrorType is not null)
        {
            _activity!.SetStatus(ActivityStatusCode.Error, result.Failure?.Message);
        }
    }

    private static string NameOf(McpContext context, CatalogEntry entry) =>
        context.Envelope.Method is McpMethod.CallTool or McpMethod.GetPrompt
            ? $"{context.Envelope.Method.Text()} {entry.Name}"
            : context.Envelope.Method.Text();

    private static void AddAddress(Activity activity, UpstreamTransportConfig transport)
    {
        if (transport is HttpTransportConfig http)
        {
            activity.SetTag("network.transport", "tcp");
            activity.SetTag("server.address", http.Url.Host);
            activity.SetTag("server.port", http.Url.Port);
        }
        else
        {
            activity.SetTag("network.transport", "pipe");
        }
    }
}
