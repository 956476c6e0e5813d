using System.Text;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Server.Hosting;

/// <summary>A client of the newest revision in the same process: its requests go through the whole pipeline.</summary>
internal sealed class InProcessCaller(McpPipeline pipeline, CatalogStore catalog, Caller caller) : IDisposable
{
    private readonly McpContext _context = new();

    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">Its arguments, a JSON object.</param>
    /// <param name="cancellationToken">Cancels the call at the server too.</param>
    public async Task<McpResult> CallToolAsync(string name, string arguments, CancellationToken cancellationToken)
    {
        var message = Write(name, arguments);
        _context.Message = message;
        if (EnvelopeReader.Read(message, out _context.Envelope) is { } failure)
        {
            return McpResult.Fail(failure);
        }

        _context.Revision = Revisions.Latest;
        _context.View = catalog.Current.Root;
        _context.Caller = caller;
        await using (cancellationToken.UnsafeRegister(static context => ((McpContext)context!).Cancel(), _context))
        {
            return await pipeline.InvokeAsync(_context);
        }
    }

    public void Dispose() => _context.Dispose();

    private static byte[] Write(string name, string arguments)
    {
        using var buffer = Utf8Buffer.Rent();
        McpMessages.BeginRequest(buffer, 1, McpMethod.CallTool);
        var parameters = new ObjectCopy(buffer);
        parameters.Member("name"u8, JsonText.Encode(name));
        parameters.Member("arguments"u8, Encoding.UTF8.GetBytes(arguments));
        parameters.Begin("_meta"u8);
        var meta = new ObjectCopy(buffer);
        meta.Member(MetaKeys.ProtocolVersion, JsonText.Encode(Revisions.Latest.Text()));
        meta.Member(MetaKeys.ClientCapabilities, "{}"u8);
        meta.Member(MetaKeys.ClientInfo, ServerIdentity.ToJson("mcphub-cli"));
        meta.End();
        parameters.End();
        buffer.Write((byte)'}');
        return buffer.Span.ToArray();
    }
}
