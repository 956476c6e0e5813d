using McpHub.Catalog;

namespace McpHub.Tests.Catalog;

public sealed class UriTemplateTests
{
    [Theory]
    [InlineData("file:///{path}", "file:///a", true)]
    [InlineData("file:///{path}", "file:///a/b", false)]
    [InlineData("file:///{path}", "file:///", false)]
    [InlineData("file:///{+path}", "file:///a/b?c#d", true)]
    [InlineData("file:///{path}", "http:///a", false)]
    [InlineData("test://template/{id}/data", "test://template/5/data", true)]
    [InlineData("test://template/{id}/data", "test://template/5/data/more", false)]
    [InlineData("test://template/{id}/data", "TEST://template/5/data", false)]
    [InlineData("a:{x}-{y}", "a:1-2", true)]
    [InlineData("a:b{?q,r}", "a:b?q=1&r=2", true)]
    [InlineData("a:b{?q}", "a:b", true)]
    [InlineData("a:b?p=1{&q}", "a:b?p=1&q=2", true)]
    [InlineData("a:b{#f}", "a:b#x", true)]
    [InlineData("a:b{/p*}", "a:b/c/d", true)]
    [InlineData("a:b{.ext}", "a:b.json", true)]
    [InlineData("a:b{;v}", "a:b;v=1", true)]
    [InlineData("a.b:(x)+", "a.b:(x)+", true)]
    [InlineData("a.b:(x)+", "aXb:x", false)]
    [InlineData("plain", "plain", true)]
    [InlineData("broken{", "broken{", false)]
    [InlineData("broken{}", "broken", false)]
    [InlineData("", "", true)]
    public void Template_MatchesWhatItExpandsTo(string template, string uri, bool matches) => Assert.Equal(matches, new UriTemplate(template).Matches(uri));

    [Fact]
    public void Template_IsLinear_WhateverItLooksLike()
    {
        var template = new UriTemplate("a:" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{{+v{i}}}")) + "!");

        Assert.False(template.Matches("a:" + new string('x', 5000)));
        Assert.True(template.Matches("a:" + new string('x', 5000) + "!"));
    }
}
