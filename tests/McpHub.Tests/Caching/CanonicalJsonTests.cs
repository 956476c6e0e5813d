using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using McpHub.Caching;
using McpHub.Tests.Fuzzing;

namespace McpHub.Tests.Caching;

/// <summary>The same bytes exactly for the same value.</summary>
public sealed class CanonicalJsonTests
{
    [Fact]
    public Task SameValue_GivesTheSameBytes_HoweverItIsWritten() => FuzzRun.OfAsync(2000, random =>
    {
        var value = RandomValue(random, 4);

        Assert.Equal(Canonical(Spell(value, random)), Canonical(Spell(value, random)));
    });

    [Fact]
    public Task OtherValue_GivesOtherBytes() => FuzzRun.OfAsync(2000, random =>
    {
        var (first, second) = (RandomValue(random, 3), RandomValue(random, 3));
        var areSame = JsonNode.DeepEquals(Plain(first), Plain(second));

        Assert.Equal(areSame, Canonical(Spell(first, random)) == Canonical(Spell(second, random)));
    });

    [Fact]
    public Task Numbers_AreTheSame_ExactlyWhenTheyAre() => FuzzRun.OfAsync(5000, random =>
    {
        var (first, second) = (RandomNumber(random), RandomNumber(random));

        Assert.Equal(Compare(first, second), Canonical(first) == Canonical(second));
    });

    [Fact]
    public void LoneSurrogate_IsNotComparedAtAll() => Assert.False(CanonicalJson.TryWrite(KeyBuffer.OfThread, "{\"a\":\"\\ud800\"}"u8));

    [Fact]
    public void ManyMembers_AreSortedToo()
    {
        var names = Enumerable.Range(0, 500).Select(i => $"\"m{i}\":{i}").ToArray();

        Assert.Equal(Canonical($"{{{string.Join(',', names)}}}"), Canonical($"{{{string.Join(',', names.Reverse())}}}"));
    }

    [Fact]
    public void DeepNesting_IsWritten_AsDeepAsItIsRead()
    {
        var deep = new string('[', 100) + "{\"b\":1,\"a\":[]}" + new string(']', 100);

        Assert.Equal(Canonical(deep), Canonical(deep.Replace("\"b\":1,\"a\":[]", " \"a\" : [], \"b\": 1.0 ", StringComparison.Ordinal)));
    }

    private static string Canonical(string json)
    {
        var buffer = KeyBuffer.OfThread;
        Assert.True(CanonicalJson.TryWrite(buffer, Encoding.UTF8.GetBytes(json)));
        return Convert.ToHexString(buffer.Span);
    }

    /// <summary>A tree of members, items and texts: lists of pairs are objects, lists are arrays, anything else is a scalar.</summary>
    private static object? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-3, 4),
        3 => RandomText(random),
        4 => 0,
        5 => Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1)).ToList(),
        _ => Enumerable.Range(0, random.Next(depth == 4 ? 25 : 4)).Select(_ => RandomText(random)).Distinct()
            .Select(name => KeyValuePair.Create(name, RandomValue(random, depth - 1))).ToList(),
    };

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => new[] { "a", "b", "ä", "😀", "\"", "\\", "/", "\n", "0" }[random.Next(9)]));

    private static JsonNode? Plain(object? value) => value switch
    {
        List<object?> items => new JsonArray([.. items.Select(Plain)]),
        List<KeyValuePair<string, object?>> members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Plain(m.Value)))),
        null => null,
        _ => JsonValue.Create(value),
    };

    private static string Spell(object? value, Random random) => Space(random) + value switch
    {
        null => "null",
        true => "true",
        false => "false",
        int number => Spell(number, random),
        string text => Spell(text, random),
        List<object?> items => "[" + string.Join(',', items.Select(i => Spell(i, random))) + Space(random) + "]",
        List<KeyValuePair<string, object?>> members =>
            "{" + string.Join(',', members.OrderBy(_ => random.Next()).Select(m => Spell(m.Key, random) + Space(random) + ":" + Spell(m.Value, random))) + "}",
        _ => throw new InvalidOperationException("No such value."),
    } + Space(random);

    private static string Space(Random random) => random.Next(4) == 0 ? " \n" : "";

    private static string Spell(int number, Random random) => random.Next(4) switch
    {
        0 => number.ToString(CultureInfo.InvariantCulture),
        1 => number.ToString(CultureInfo.InvariantCulture) + ".00",
        2 => number.ToString(CultureInfo.InvariantCulture) + ".0e-0",
        _ => number.ToString(CultureInfo.InvariantCulture) + "E+0",
    };

    private static string Spell(string text, Random random) =>
        "\"" + string.Concat(text.EnumerateRunes().Select(rune => rune.Value is '"' or '\\' or '\n' || random.Next(3) == 0
            ? string.Concat(rune.ToString().Select(c => $"\\u{(int)c:x4}"))
            : rune.ToString())) + "\"";

    private static string RandomNumber(Random random)
    {
        var digits = string.Concat(Enumerable.Range(0, random.Next(1, random.Next(4) == 0 ? 25 : 4)).Select(_ => random.Next(3))).TrimStart('0');
        var whole = (random.Next(4) == 0 ? "-" : "") + (digits.Length == 0 ? "0" : digits);
        return whole
            + (random.Next(2) == 0 ? "" : "." + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3))))
            + (random.Next(2) == 0 ? "" : $"e{random.Next(-4, 5)}");
    }

    private static bool Compare(string first, string second)
    {
        var ((a, x, m), (b, y, n)) = (Read(first), Read(second));
        var least = Math.Min(x, y);
        return m == n && a * BigInteger.Pow(10, x - least) == b * BigInteger.Pow(10, y - least);
    }

    /// <summary>The digits, the power of ten, and whether it is below zero, or zero from below.</summary>
    private static (BigInteger Digits, int Exponent, bool IsNegative) Read(string number)
    {
        var e = number.IndexOf('e', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(number[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? number : number[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        return (
            BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('-'), CultureInfo.InvariantCulture),
            exponent - (point < 0 ? 0 : mantissa.Length - point - 1),
            number[0] == '-');
    }
}
