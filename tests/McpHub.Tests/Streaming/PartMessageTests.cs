using System.Text;
using McpHub.Protocol;
using McpHub.Streaming;

namespace McpHub.Tests.Streaming;

public sealed class PartMessageTests
{
    [Theory]
    [InlineData("2026-07-28", "\"hi\"", "", """{"progressToken":7,"progress":3,"message":"hi"}""")]
    [InlineData("2025-03-26", "\"hi\"", "{\"a\":1}", """{"progressToken":7,"progress":3,"message":"hi","_meta":{"io.mcphub/part":{"a":1}}}""")]
    [InlineData("2024-11-05", "\"hi\"", "", """{"progressToken":7,"progress":3,"_meta":{"io.mcphub/part":"hi"}}""")]
    [InlineData("2024-11-05", "\"hi\"", "[1]", """{"progressToken":7,"progress":3,"_meta":{"io.mcphub/part":[1]}}""")]
    public void Part_IsProgressThatTheRevisionHas(string revision, string text, string data, string expected)
    {
        using var buffer = Utf8Buffer.Rent();

        Assert.True(Revisions.TryParse(revision, out var known));
        PartMessage.Write(buffer, "7"u8, known, 3, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(data));

        Assert.Equal("""{"jsonrpc":"2.0","method":"notifications/progress","params":""" + expected + "}", Encoding.UTF8.GetString(buffer.Span));
    }

    [Theory]
    [InlineData("""{"progressToken":7,"progress":0.5,"total":1}""", """{"progress":0.5,"total":1}""")]
    [InlineData("""{"progressToken":7,"progress":1,"message":"a\"b"}""", """{"progress":1,"text":"a\"b"}""")]
    [InlineData("""{"progress":1,"_meta":{"io.mcphub/part":{"a":1},"x/y":2}}""", """{"progress":1,"data":{"a":1},"_meta":{"x/y":2}}""")]
    [InlineData("""{"progress":1,"_meta":{"io.mcphub/part":"t"}}""", """{"progress":1,"data":"t"}""")]
    [InlineData("""{"progress":1,"_meta":{"x/y":2},"unknown":[]}""", """{"progress":1,"_meta":{"x/y":2},"unknown":[]}""")]
    public void Stream_KeepsAllOfANotification_ButItsToken(string parameters, string expected)
    {
        var part = PartMessage.Read(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","method":"notifications/progress","params":""" + parameters + "}"));

        Assert.Equal(expected, Encoding.UTF8.GetString(part!));
    }

    [Fact]
    public void Stream_KeepsNothing_ThatIsNoProgress() =>
        Assert.Null(PartMessage.Read("""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}"""u8));
}
