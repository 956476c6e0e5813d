using McpHub.Pipeline;
using McpHub.Security.Authentication;
using McpHub.Testing;

namespace McpHub.Tests.Security;

public sealed class RememberedTokensTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Token_IsFound_ByItsWholeHeader()
    {
        var tokens = new RememberedTokens(16);
        var signature = new string('s', 40);
        tokens.Add("Bearer alice." + signature, Of("alice"));

        Assert.Equal("alice", tokens.Find("Bearer alice." + signature, Now)?.Caller.Key);
        Assert.Null(tokens.Find("Bearer mallo." + signature, Now));
        Assert.Null(tokens.Find("Bearer alice." + signature + "s", Now));
        Assert.Null(tokens.Find("", Now));
    }

    [Fact]
    public void Count_StaysWithinTheCapacity_WhateverComes()
    {
        var tokens = new RememberedTokens(100);
        for (var n = 0; n < 100_000; n++)
        {
            tokens.Add($"Bearer {n}", Of("x"));
            Assert.True(tokens.Count <= 100);
        }
    }

    [Fact]
    public void Token_ThatIsUsed_OutlivesManyThatAreNot()
    {
        var tokens = new RememberedTokens(100);
        tokens.Add("Bearer used", Of("used"));
        for (var n = 0; n < 10_000; n++)
        {
            tokens.Add($"Bearer {n}", Of("x"));
            Assert.NotNull(tokens.Find("Bearer used", Now));
        }

        Assert.Null(tokens.Find("Bearer 1", Now));
    }

    [Fact]
    public void Token_IsNotFound_AtItsEnd()
    {
        var tokens = new RememberedTokens(16);
        tokens.Add("Bearer x", Of("x") with { Expires = Now.AddSeconds(1) });

        Assert.NotNull(tokens.Find("Bearer x", Now.AddSeconds(0.999)));
        Assert.Null(tokens.Find("Bearer x", Now.AddSeconds(1)));
    }

    [Fact]
    public void Tokens_AreGone_AfterRemoveAndClear()
    {
        var tokens = new RememberedTokens(16);
        tokens.Add("Bearer x", Of("x"));
        tokens.Add("Bearer y", Of("y"));

        tokens.Remove("Bearer x");
        Assert.Null(tokens.Find("Bearer x", Now));
        Assert.NotNull(tokens.Find("Bearer y", Now));

        tokens.Clear();
        Assert.Equal(0, tokens.Count);
    }

    [Fact]
    public void Find_AllocatesNothing()
    {
        var tokens = new RememberedTokens(16);
        var header = "Bearer " + new string('a', 800);
        tokens.Add(header, Of("x"));
        var same = new string(header.AsSpan());
        tokens.Find(same, Now);

        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var n = 0; n < 1000; n++)
            {
                tokens.Find(same, Now);
            }
        }));
    }

    private static RememberedToken Of(string key) => new(new Caller { Key = key }, null, DateTimeOffset.MaxValue);
}
