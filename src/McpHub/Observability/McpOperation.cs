using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
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
    private readonly Histogram<double>? _histogram;
    private readonly Activity? _activity;
    private readonly McpContext _context;
    private readonly string? _server;

    private McpOperation(Histogram<double> histogram, Activity? activity, McpContext context, string? server)
    {
        _histogram = histogram.Enabled ? histogram : null;
        _activity = activity;
        _context = context;
        _server = server;
    }

    public static McpOperation StartServer(Histogram<double> histogram, ActivitySource source, McpContext context)
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

        return new McpOperation(histogram, activity, context, null);
    }

    public static McpOperation StartClient(
        Histogram<double> histogram, ActivitySource source, McpContext context, CatalogEntry entry, Upstream upstream)
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

        return new McpOperation(histogram, activity, context, upstream.Name);
    }

    public void End(in McpResult result)
    {
        if (_histogram is null && _activity is null)
        {
            return;
        }

        var tags = new TagList { { "mcp.method.name", _context.Envelope.Method.Text() } };
        if (_context.Entry is { } entry)
        {
            AddTarget(ref tags, _context.Envelope.Method, entry);
        }

        if (_server is not null)
        {
            tags.Add("mcphub.server.name", _server);
        }
        else
        {
            tags.Add("network.transport", _context.NetworkTransport);
            if (_context.Depth > 0)
            {
                tags.Add("mcphub.nested", true);
            }
        }

        if (_context.Revision != default)
        {
            tags.Add("mcp.protocol.version", _context.Revision.Text());
        }

        AddError(ref tags, result);
        _histogram?.Record(Stopwatch.GetElapsedTime(_context.Started).TotalSeconds, tags);
        if (_activity is { IsAllDataRequested: true })
        {
            Complete(tags, result);
        }
    }

    public void Dispose() => _activity?.Dispose();

    private void Complete(in TagList tags, in McpResult result)
    {
        if (_context.Entry is { } entry)
        {
            _activity!.DisplayName = NameOf(_context, entry);
        }

        var failed = false;
        foreach (var (name, value) in tags)
        {
            _activity!.SetTag(name, value);
            failed |= name == "error.type";
        }

        if (failed)
        {
            _activity!.SetStatus(ActivityStatusCode.Error, result.Failure?.Message);
        }
    }

    private static void AddTarget(ref TagList tags, McpMethod method, CatalogEntry entry)
    {
        if (method == McpMethod.CallTool)
        {
            tags.Add("gen_ai.operation.name", "execute_tool");
            tags.Add("gen_ai.tool.name", entry.Name);
        }
        else if (method == McpMethod.GetPrompt)
        {
            tags.Add("gen_ai.prompt.name", entry.Name);
        }
    }

    private static void AddError(ref TagList tags, in McpResult result)
    {
        switch (result.Kind)
        {
            case McpResultKind.Failure:
                var row = Failures.Of(result.Failure!.Kind);
                tags.Add("error.type", row.ErrorType);
                tags.Add("rpc.response.status_code", row.Code.ToString(CultureInfo.InvariantCulture));
                break;
            case McpResultKind.UpstreamError:
                var code = result.Code.ToString(CultureInfo.InvariantCulture);
                tags.Add("error.type", code);
                tags.Add("rpc.response.status_code", code);
                break;
            case McpResultKind.Result when result.IsToolError:
                tags.Add("error.type", "tool_error");
                break;
            default:
                break;
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
