using System.Text;
using McpHub.Bridging.Inputs;
using McpHub.Catalog;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Upstreams;

namespace McpHub.Bridging;

/// <summary>
/// An upstream's error for a client's revision. It passes as it came, but for those that are about the hop between gateway and
/// upstream, and those whose code the revisions disagree on.
/// </summary>
internal static class ErrorTranslator
{
    public static McpResult Translate(McpContext context, CatalogEntry entry, Revision from, UpstreamReply reply)
    {
        var code = reply.ErrorCode;
        var to = context.Revision;
        switch (code)
        {
            case McpErrorCodes.HeaderMismatch or McpErrorCodes.UnsupportedProtocolVersion:
                return Replace(reply, FailureKind.UpstreamProtocol, $"The server '{entry.Source.Name}' refused the gateway's request as malformed: {MessageOf(reply)}");
            case McpErrorCodes.MissingClientCapability when !to.IsModern():
                return Replace(reply, FailureKind.InputNotRelayed, $"The tool needs input that the client did not say it can give: {MessageOf(reply)}");
            case McpErrorCodes.UrlElicitationRequired when to != Revision.V20251125 && context.Envelope.Method == McpMethod.CallTool:
                using (reply)
                {
                    return TextResult.Write(context, WithLinks(reply), isError: true);
                }

            case McpErrorCodes.UrlElicitationRequired when to != Revision.V20251125:
                return Replace(reply, FailureKind.InputNotRelayed, $"The tool needs the user to open a page, which the gateway cannot ask for in this revision: {MessageOf(reply)}");
            case McpErrorCodes.LegacyResourceNotFound when to.IsModern() && context.Envelope.Method == McpMethod.ReadResource:
                return Replace(reply, new Failure(FailureKind.ResourceNotFound, MessageOf(reply), ResourceData(context.Target)));
            case McpErrorCodes.LegacyResourceNotFound when to.IsModern():
                return Replace(reply, FailureKind.InvalidParams, MessageOf(reply));
            case McpErrorCodes.InvalidParams when from.IsModern() && !to.IsModern() && context.Envelope.Method == McpMethod.ReadResource:
                return Replace(reply, new Failure(FailureKind.ResourceNotFound, MessageOf(reply), ResourceData(context.Target)));
            case var _ when !reply.IsGoodError:
                return Replace(reply, FailureKind.UpstreamProtocol, $"The server '{entry.Source.Name}' answered with an error that is not JSON-RPC.");
            default:
                return McpResult.UpstreamError(reply.Buffer, reply.Error, code);
        }
    }

    /// <summary><c>{"uri": …}</c> of a resource.</summary>
    /// <param name="uri">The URI as JSON with its quotes.</param>
    public static ReadOnlyMemory<byte> ResourceData(ReadOnlySpan<byte> uri)
    {
        using var buffer = Utf8Buffer.Rent();
        var data = new ObjectCopy(buffer);
        data.Member("uri"u8, uri);
        data.End();
        return buffer.Span.ToArray();
    }

    /// <summary>What a client that can't be asked to open pages is shown of them; nothing but web pages, whatever the server says.</summary>
    private static string WithLinks(UpstreamReply reply)
    {
        var text = new StringBuilder(MessageOf(reply));
        foreach (var request in InputRound.UrlsIn(reply.Error.Span))
        {
            if (JsonMembers.TryGet(request.Parameters.Span, "url"u8, out var json)
                && Uri.TryCreate(JsonText.Decode(json), UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp))
            {
                text.Append('\n').Append(url.AbsoluteUri);
            }
        }

        return text.ToString();
    }

    private static McpResult Replace(UpstreamReply reply, FailureKind kind, string message) => Replace(reply, new Failure(kind, message));

    private static McpResult Replace(UpstreamReply reply, Failure failure)
    {
        reply.Dispose();
        return McpResult.Fail(failure);
    }

    private static string MessageOf(UpstreamReply reply) => reply.ErrorMessage ?? "no reason given";
}
