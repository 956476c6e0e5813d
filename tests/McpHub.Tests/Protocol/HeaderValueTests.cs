using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

/// <summary>The examples of SEP-2243 and the corners between them.</summary>
public sealed class HeaderValueTests
{
    [Theory]
    [InlineData("us-west1", "us-west1")]
    [InlineData("us west 1", "us west 1")]
    [InlineData("", "")]
    [InlineData("日本語", "=?base64?5pel5pys6Kqe?=")]
    [InlineData(" us-west1", "=?base64?IHVzLXdlc3Qx?=")]
    [InlineData("us-west1 ", "=?base64?dXMtd2VzdDEg?=")]
    [InlineData("a\tb", "=?base64?YQli?=")]
    [InlineData("a\r\nX-Evil: 1", "=?base64?YQ0KWC1FdmlsOiAx?=")]
    [InlineData("\0", "=?base64?AA==?=")]
    [InlineData("\u007f", "=?base64?fw==?=")]
    [InlineData("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=")]
    [InlineData("=?base64?", "=?base64?")]
    [InlineData("=?BASE64?x?=", "=?BASE64?x?=")]
    public void Encode_WrapsWhatAHeaderCannotCarry_AndDecodeUnwrapsIt(string value, string header)
    {
        var encoded = HeaderValue.Encode(value);

        // A tab within a value may go either way.
        Assert.True(encoded == header || (value == "a\tb" && encoded == value), encoded);
        Assert.True(HeaderValue.TryDecode(encoded, out var decoded));
        Assert.Equal(value, decoded);
    }

    [Theory]
    [InlineData("=?base64?!!!!?=")]
    [InlineData("=?base64?YQ?=")]
    [InlineData("=?base64?YQ==YQ==?=")]
    [InlineData("=?base64?Y Q==?=")]
    [InlineData("=?base64?YQ\t==?=")]
    [InlineData("=?base64?_-8=?=")]
    [InlineData("=?base64?/w==?=")]
    public void Decode_Refuses_WhatIsNoBase64OfUtf8(string header) => Assert.False(HeaderValue.TryDecode(header, out _));

    [Theory]
    [InlineData("=?Base64?YQ==?=")]
    [InlineData("=?base64?YQ==")]
    [InlineData("YQ==?=")]
    [InlineData("=?base64?=")]
    [InlineData("plain")]
    public void Decode_TakesLiterally_WhatLacksPartOfTheWrapping(string header)
    {
        Assert.True(HeaderValue.TryDecode(header, out var decoded));
        Assert.Equal(header, decoded);
    }

    [Fact]
    public void Encode_RoundTripsAnything_AsCleanAscii()
    {
        var random = new Random(5);
        for (var round = 0; round < 5000; round++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => char.ConvertFromUtf32(random.Next(4) == 0 ? random.Next(0xE000, 0x10000) : random.Next(128))));

            var header = HeaderValue.Encode(value);

            Assert.DoesNotContain(header, c => c is not '\t' and (< ' ' or > '~'));
            Assert.True(HeaderValue.TryDecode(header, out var decoded));
            Assert.Equal(value, decoded);
        }
    }
}
