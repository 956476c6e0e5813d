using System.Text;
using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

/// <summary>Half of a surrogate pair is JSON by its grammar and no text: it must pass as something unknown, never throw.</summary>
public sealed class LoneSurrogateTests
{
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","\ud800":0}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","\udfff":1,"_meta":{"\ud800ab":2}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"\ud800\u0061":true,"content":[]}}""")]
    public void Scan_TakesTheMessage_WhenAMembersNameIsNoText(string message)
    {
        Assert.Null(EnvelopeReader.Read(Encoding.UTF8.GetBytes(message), out var envelope));
        Assert.Equal("1", Encoding.UTF8.GetString(envelope.Id.Of(Encoding.UTF8.GetBytes(message))));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"\ud800","id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800"}""")]
    public void Scan_RefusesTheMessage_WhenWhatItDecidesByIsNoText(string message) =>
        Assert.Equal(FailureKind.InvalidRequest, EnvelopeReader.Read(Encoding.UTF8.GetBytes(message), out _)?.Kind);
}
