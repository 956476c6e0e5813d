using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("two\r\nlines", "two  lines")]
    [InlineData("\u001b[31mred", " [31mred")]
    public void Clean_KeepsTextOnItsLine_WhateverIsInIt(string text, string expected) => Assert.Equal(expected, LogText.Clean(text));
}
