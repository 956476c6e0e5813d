using System.Text;
using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

public sealed class EnvelopeReaderTests
{
    [Fact]
    public void Read_NotesWhereThePiecesLie()
    {
        const string Json = """
             { "jsonrpc" : "2.0", "id" : "a\u0062", "method" : "tools/call", "x" : [1],
               "params" : { "name" : "n", "arguments" : { "f" : 1.0 }, "_meta" : { "progressToken" : 7, "k" : {},
               "io.modelcontextprotocol/protocolVersion" : "2026-07-28", "io.modelcontextprotocol/clientCapabilities" : { },
               "io.modelcontextprotocol/logLevel" : "info", "traceparent" : "t", "tracestate" : "s" } } }
            """;
        var bytes = Encoding.UTF8.GetBytes(Json);

        Assert.Null(EnvelopeReader.Read(bytes, out var envelope));

        Assert.Equal((EnvelopeKind.Request, McpMethod.CallTool), (envelope.Kind, envelope.Method));
        Assert.Equal("\"a\\u0062\"", Text(envelope.Id));
        Assert.Equal("\"n\"", Text(envelope.Name));
        Assert.Equal("{ \"f\" : 1.0 }", Text(envelope.Arguments));
        Assert.Equal("7", Text(envelope.ProgressToken));
        Assert.Equal("\"2026-07-28\"", Text(envelope.ProtocolVersion));
        Assert.Equal("{ }", Text(envelope.ClientCapabilities));
        Assert.Equal("\"info\"", Text(envelope.LogLevel));
        Assert.Equal("\"t\"", Text(envelope.TraceParent));
        Assert.Equal("\"s\"", Text(envelope.TraceState));
        Assert.StartsWith("{ \"progressToken\"", Text(envelope.Meta), StringComparison.Ordinal);
        Assert.EndsWith("} }", Text(envelope.Params), StringComparison.Ordinal);
        Assert.False(envelope.HasOtherParams);

        string Text(Slice slice) => Encoding.UTF8.GetString(slice.Of(bytes));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", (int)EnvelopeKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":null}""", (int)EnvelopeKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1,"message":""}}""", (int)EnvelopeKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","method":"x"}""", (int)EnvelopeKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","method":"x","id":0}""", (int)EnvelopeKind.Request)]
    [InlineData("[]", (int)EnvelopeKind.Batch)]
    public void Read_TellsTheKind(string json, int kind)
    {
        Assert.Null(EnvelopeReader.Read(Encoding.UTF8.GetBytes(json), out var envelope));
        Assert.Equal((EnvelopeKind)kind, envelope.Kind);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"result":{}}""")]
    public void Read_RefusesResponses_WithoutAnOutcome(string json)
    {
        Assert.Equal(FailureKind.InvalidRequest, EnvelopeReader.Read(Encoding.UTF8.GetBytes(json), out var envelope)?.Kind);
        Assert.Equal(EnvelopeKind.Invalid, envelope.Kind);
        Assert.True(envelope.Id.IsPresent);
    }

    [Theory]
    [InlineData(EnvelopeReader.MaxDepth, true)]
    [InlineData(EnvelopeReader.MaxDepth + 1, false)]
    public void Read_StopsAtTheDeepestNesting(int depth, bool isRead)
    {
        // Three levels are the message's own.
        var inner = new string('[', depth - 3) + new string(']', depth - 3);
        var failure = EnvelopeReader.Read(
            Encoding.UTF8.GetBytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{\"arguments\":{\"a\":" + inner + "}}}"), out _);

        Assert.Equal(isRead, failure is null);
        Assert.Contains(isRead ? "" : "nested", failure?.Message ?? "", StringComparison.Ordinal);
    }
}
