using McpHub.Bridging;
using McpHub.Testing;

namespace McpHub.Tests.Fuzzing;

/// <summary>Nothing opens but what was sealed, as it was sealed, for what it was sealed, and while it is good.</summary>
public sealed class StateSealFuzzTests : IDisposable
{
    private const int Rounds = 50_000;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private readonly FakeTimeProvider _time = new();
    private readonly StateSeal _seal;

    public StateSealFuzzTests() => _seal = StateSeal.OfThisProcess(_time);

    public void Dispose() => _seal.Dispose();

    [Fact]
    public Task Open_GivesBackWhatWasSealed() => FuzzRun.OfAsync(Rounds, random =>
    {
        var (content, binding) = (Bytes(random, 200), Bytes(random, 50));
        var lifetime = TimeSpan.FromMilliseconds(random.Next(1, 1_000_000));

        var token = _seal.Seal(content, binding, lifetime);
        Assert.True(_seal.TryOpen(token, binding, out var opened));
        Assert.Equal(content, opened);

        _time.Advance(lifetime + TimeSpan.FromMilliseconds(1));
        AssertRefused(token, binding);
    });

    [Fact]
    public Task Open_RefusesAnyOtherToken() => FuzzRun.OfAsync(Rounds, random =>
    {
        var binding = Bytes(random, 20);
        var token = _seal.Seal(Bytes(random, 40), binding, TimeSpan.FromMinutes(1));

        var other = Change(token, random);

        if (other != token)
        {
            AssertRefused(other, binding);
        }
    });

    [Fact]
    public Task Open_RefusesAnyOtherBinding() => FuzzRun.OfAsync(Rounds, random =>
    {
        var binding = Bytes(random, 20);
        var token = _seal.Seal(Bytes(random, 40), binding, TimeSpan.FromMinutes(1));

        var other = random.Next(3) switch
        {
            0 => [.. binding, 0],
            1 => binding[..(binding.Length / 2)],
            _ => Bytes(random, 20),
        };

        if (!other.AsSpan().SequenceEqual(binding))
        {
            AssertRefused(token, other);
        }
    });

    [Fact]
    public Task Open_RefusesNoise() => FuzzRun.OfAsync(Rounds * 2, random =>
    {
        var characters = Enumerable.Range(0, random.Next(120))
            .Select(_ => random.Next(30) == 0 ? (char)random.Next(char.MaxValue + 1) : Alphabet[random.Next(Alphabet.Length)]);

        AssertRefused((random.Next(5) == 0 ? "" : "v1.") + string.Concat(characters), Bytes(random, 4));
    });

    private static string Change(string token, Random random)
    {
        var at = random.Next(token.Length);
        var character = random.Next(8) == 0 ? (char)random.Next(char.MaxValue + 1) : Alphabet[random.Next(Alphabet.Length)];
        return random.Next(9) switch
        {
            0 => token[..at],
            1 => token + character,
            2 => token.Insert(at, character.ToString()),
            3 => token.Insert(at, " \t\r\n="[random.Next(5)].ToString()),
            4 => token + new string('=', random.Next(1, 4)),
            5 => token.Replace('-', '+').Replace('_', '/'),
            6 => token.Remove(at, 1),
            7 => token[..at] + (char)(token[at] ^ (1 << random.Next(7))) + token[(at + 1)..],

            // The last character has bits that stand for nothing.
            _ => token[..^1] + Alphabet[random.Next(Alphabet.Length)],
        };
    }

    private void AssertRefused(string token, byte[] binding)
    {
        Assert.False(_seal.TryOpen(token, binding, out var content), token);
        Assert.Empty(content);
    }

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
