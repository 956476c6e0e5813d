using System.Text;
using McpHub.Bridging;
using McpHub.Testing;

namespace McpHub.Tests.Bridging;

public sealed class StateSealTests : IDisposable
{
    private static readonly byte[] Key = Enumerable.Range(0, StateSeal.KeyLength).Select(i => (byte)i).ToArray();

    private readonly FakeTimeProvider _time = new();
    private readonly StateSeal _seal;

    public StateSealTests() => _seal = new StateSeal(Key, _time);

    public void Dispose() => _seal.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("state")]
    public void Open_GivesBackWhatWasSealed(string content)
    {
        var token = _seal.Seal(Encoding.UTF8.GetBytes(content), "alice"u8, TimeSpan.FromMinutes(5));

        Assert.True(_seal.TryOpen(token, "alice"u8, out var opened));
        Assert.Equal(content, Encoding.UTF8.GetString(opened));
    }

    [Fact]
    public void Seal_ShowsNothing_AndNeverTheSameTwice()
    {
        var first = _seal.Seal("secret-secret-secret"u8, "alice"u8, TimeSpan.FromMinutes(5));
        var second = _seal.Seal("secret-secret-secret"u8, "alice"u8, TimeSpan.FromMinutes(5));

        Assert.NotEqual(first[..20], second[..20]);
        Assert.Matches("^v1\\.[A-Za-z0-9_-]+$", first);
        Assert.DoesNotContain("secret", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_RefusesAfterTheLifetime_AndNotBefore()
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(_seal.TryOpen(token, "alice"u8, out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_seal.TryOpen(token, "alice"u8, out var content));
        Assert.Empty(content);
    }

    [Fact]
    public void Open_Refuses_WhatWasSealedForAnother()
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        Assert.False(_seal.TryOpen(token, "bob"u8, out _));
        Assert.False(_seal.TryOpen(token, ""u8, out _));
    }

    [Fact]
    public void Open_TakesTokensOfTheSameKey_AndOfNoOther()
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        using var same = new StateSeal(Key, _time);
        using var other = StateSeal.OfThisProcess(_time);
        Assert.True(same.TryOpen(token, "alice"u8, out _));
        Assert.False(other.TryOpen(token, "alice"u8, out _));
    }

    [Fact]
    public void Open_Refuses_WhateverBitIsFlipped()
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        for (var at = 0; at < token.Length; at++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var flipped = token[..at] + (char)(token[at] ^ (1 << bit)) + token[(at + 1)..];
                Assert.False(_seal.TryOpen(flipped, "alice"u8, out _), flipped);
            }
        }
    }

    [Fact]
    public void Open_Refuses_WhateverIsCutOff()
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        for (var cut = 1; cut <= token.Length - 3; cut++)
        {
            Assert.False(_seal.TryOpen(token[..^cut], "alice"u8, out _));
            Assert.False(_seal.TryOpen("v1." + token[(3 + cut)..], "alice"u8, out _));
        }
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("A")]
    [InlineData("AAAA")]
    public void Open_Refuses_WhateverIsAppended(string more)
    {
        var token = _seal.Seal("state"u8, "alice"u8, TimeSpan.FromMinutes(5));

        Assert.False(_seal.TryOpen(token + more, "alice"u8, out _));
        Assert.False(_seal.TryOpen(token.Insert(10, more), "alice"u8, out _));
    }

    [Fact]
    public void Open_RefusesAnotherSpelling_OfTheSameBytes()
    {
        // Nonce, expiry and tag are 36 bytes; one more leaves four bits of the last character without a meaning, and two more leave two.
        foreach (var content in (string[])["a", "ab"])
        {
            var token = _seal.Seal(Encoding.UTF8.GetBytes(content), "alice"u8, TimeSpan.FromMinutes(5));
            const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            Assert.Single(Alphabet, last => _seal.TryOpen(token[..^1] + last, "alice"u8, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData("v1.")]
    [InlineData("v2.AAAA")]
    [InlineData("V1.AAAA")]
    [InlineData("v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("v1.é")]
    public void Open_RefusesNoise(string token) => Assert.False(_seal.TryOpen(token, "alice"u8, out _));

    [Fact]
    public void Open_RefusesWhatIsTooLong_WithoutReadingIt() => Assert.False(_seal.TryOpen("v1." + new string('A', 2 * 1024 * 1024), "alice"u8, out _));

    [Fact]
    public void SealAndOpen_WorkFromManyThreads()
    {
        Parallel.For(0, 2000, i =>
        {
            var token = _seal.Seal(BitConverter.GetBytes(i), "alice"u8, TimeSpan.FromMinutes(5));
            Assert.True(_seal.TryOpen(token, "alice"u8, out var content));
            Assert.Equal(i, BitConverter.ToInt32(content));
        });
    }
}
