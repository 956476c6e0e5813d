using System.Text;
using System.Text.RegularExpressions;
using McpHub.Protocol;

namespace McpHub.Tests.Fuzzing;

/// <summary>Header values as SEP-2243 has them: what is wrapped is Base64 of UTF-8, what lacks a part of the wrapping is literal.</summary>
public sealed partial class HeaderValueFuzzTests
{
    private const int Rounds = 500_000;

    private static readonly string[] Pieces =
        ["=?base64?", "?=", "=?Base64?", "=?BASE64?", "=", "==", "?", "YQ", "YQ==", "5pel", "/w==", "_-", "+/", " ", "\t", "\r\n", "\0", "ä", "😀", "a", "\u00a0"];

    [Fact]
    public Task Encode_GivesCleanAscii_ThatDecodesToTheSame() => FuzzRun.OfAsync(Rounds, random =>
    {
        var value = Text(random);

        var header = HeaderValue.Encode(value);

        Assert.DoesNotContain(header, c => c is < ' ' or > '~');
        Assert.Equal(header.Trim(), header);
        Assert.True(HeaderValue.TryDecode(header, out var decoded));
        Assert.Equal(value, decoded);
    });

    [Fact]
    public Task Decode_TakesWhatTheRuleTakes_OfAnyHeader() => FuzzRun.OfAsync(Rounds, random =>
    {
        var inner = random.Next(3) == 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(random))) : Text(random);
        var header = random.Next(4) == 0 ? inner : $"=?base64?{Damaged(inner, random)}?=";

        var isRight = HeaderValue.TryDecode(header, out var decoded);

        Assert.Equal(Expected(header), isRight ? decoded : null);
    });

    [Fact]
    public Task Encode_NeverThrows_WhenTheTextIsNoUnicode() => FuzzRun.OfAsync(Rounds / 10, random =>
    {
        var value = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => (char)random.Next(0xD7F0, 0xE010)));

        Assert.True(HeaderValue.TryDecode(HeaderValue.Encode(value), out _));
    });

    private static string? Expected(string header)
    {
        if (header.Length < 11 || !header.StartsWith("=?base64?", StringComparison.Ordinal) || !header.EndsWith("?=", StringComparison.Ordinal))
        {
            return header;
        }

        var base64 = header[9..^2];
        if (!Base64().IsMatch(base64))
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(base64));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var count = random.Next(10); count > 0; count--)
        {
            text.Append(random.Next(5) switch
            {
                0 => Pieces[random.Next(Pieces.Length)],
                1 => char.ConvertFromUtf32(random.Next(0xE000, 0x110000)),
                2 => ((char)random.Next(0xD800)).ToString(),
                _ => ((char)random.Next(128)).ToString(),
            });
        }

        return text.ToString();
    }

    private static string Damaged(string text, Random random) => random.Next(3) switch
    {
        0 => text,
        1 => text.Insert(random.Next(text.Length + 1), Pieces[random.Next(Pieces.Length)]),
        _ => text.Length == 0 ? text : text.Remove(random.Next(text.Length), 1),
    };

    [GeneratedRegex(@"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z")]
    private static partial Regex Base64();
}
