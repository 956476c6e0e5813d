using System.Text.Json;
using McpHub.Pipeline;
using McpHub.Protocol;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.NativeTools;

/// <summary>
/// What a native tool sees of its caller: the SDK's server, bound to one request. There is no server behind it, so nothing is built
/// for a call but this.
/// </summary>
#pragma warning disable MCPEXP002 // Deriving is the supported way to run the SDK's tools without its server.
internal sealed class NativeToolServer(McpContext context, IServiceProvider services) : McpServer, IDisposable
{
    private static readonly McpServerOptions Options = new();

    private readonly Lock _lock = new();
    private readonly string _protocolVersion = context.Revision.Text();
    private McpContext? _context = context;

    public override string? SessionId => null;

    public override string? NegotiatedProtocolVersion => _protocolVersion;

    public override ModelContextProtocol.Protocol.ClientCapabilities? ClientCapabilities => null;

    public override Implementation? ClientInfo => null;

    public override McpServerOptions ServerOptions => Options;

    public override IServiceProvider? Services { get; } = services;

    [Obsolete("Obsolete in the SDK, and still to be implemented.")]
    public override LoggingLevel? LoggingLevel => null;

    /// <summary>The call has ended: what the tool still sends goes nowhere.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _context = null;
        }
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public override Task RunAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task<JsonRpcResponse> SendRequestAsync(JsonRpcRequest request, CancellationToken cancellationToken = default) =>
        throw new McpException($"The gateway does not relay '{request.Method}' to its clients.");

    public override Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        var buffer = Utf8Buffer.Rent();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
        {
            JsonSerializer.Serialize(writer, message, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage)));
        }

        lock (_lock)
        {
            if (_context is null)
            {
                buffer.Dispose();
            }
            else
            {
                _context.Stream.TrySend(buffer);
            }
        }

        return Task.CompletedTask;
    }

    public override IAsyncDisposable RegisterNotificationHandler(string method, Func<JsonRpcNotification, CancellationToken, ValueTask> handler) =>
        throw new NotSupportedException("A native tool runs for one request and receives no notifications.");
}
