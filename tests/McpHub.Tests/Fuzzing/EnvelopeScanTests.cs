using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using McpHub.Protocol;

namespace McpHub.Tests.Fuzzing;

/// <summary>The scanner against a reference that has the framework read: both take the same messages, and find the same in them.</summary>
public sealed class EnvelopeScanTests
{
    private const int Rounds = 60_000;

    private static readonly byte[][] Pieces = Array.ConvertAll(
        (string[])[
            "{", "}", "[", "]", ",", ":", "\"", "\\", "{}", "[]", "\"\"", ",}", ",]", "null", "tru", "-", "0", "00", "1.", ".5", "e", "1e+", "+1", "NaN",
            "\\u", "\\u12", "\\uD800", "\\x", "\\\"", "'", "\0", "\u001f", "\u007f", "\u00e9", "\ufeff", " \r\n\t", "\v", "\u00a0", "//", "/**/",
            "\"id\":", "\"params\":{", "\"result\":null,", "\"error\":", "\"method\":", "\"n\\u0061me\":", "\"_meta\":{", "\"jsonrpc\":\"2.0\",",
            new string('x', 70), new string('[', 100), new string(']', 100), new string(' ', 70),
        ],
        Encoding.UTF8.GetBytes);

    [Fact]
    public Task Read_FindsWhatTheReferenceFinds_InRandomMessages() => FuzzRun.OfAsync(Rounds, random => Compare(new RandomMessage(random).Make()));

    [Fact]
    public Task Read_FindsWhatTheReferenceFinds_InDamagedMessages() =>
        FuzzRun.OfAsync(Rounds, random => Compare(Damage.Do(new RandomMessage(random).Make(), Pieces, random)));

    [Fact]
    public Task Read_FindsWhatTheReferenceFinds_InNoise() => FuzzRun.OfAsync(Rounds, random =>
    {
        var noise = new List<byte>();
        for (var count = random.Next(30); count > 0; count--)
        {
            noise.AddRange(random.Next(20) == 0 ? [(byte)random.Next(256)] : Pieces[random.Next(Pieces.Length)]);
        }

        Compare([.. noise]);
    });

    [Fact]
    public Task Read_CountsLevelsLikeTheReference_HoweverTheyAreMixed() => FuzzRun.OfAsync(Rounds / 10, random =>
    {
        var opening = new StringBuilder();
        var closing = new Stack<char>();
        for (var depth = random.Next(EnvelopeReader.MaxDepth - 8, EnvelopeReader.MaxDepth + 4); depth > 0; depth--)
        {
            var isObject = random.Next(2) == 0;
            opening.Append(isObject ? "{\"params\":" : "[");
            closing.Push(isObject ? '}' : ']');
        }

        var json = Encoding.UTF8.GetBytes(opening.Append('0').Append([.. closing]).ToString());
        if (random.Next(4) == 0)
        {
            json[^random.Next(1, closing.Count)] ^= (byte)('}' ^ ']');
        }

        Compare(json);
    });

    private static void Compare(byte[] json)
    {
        var failure = EnvelopeReader.Read(json, out var envelope);
        try
        {
            var (expected, expectedFailure) = Utf8.IsValid(json) ? new EnvelopeReference(json).Judge(JsonNodes.Read(json)) : (default, FailureKind.ParseError);
            Assert.Equal(expectedFailure, failure?.Kind);
            Assert.Equal(expected, envelope);
        }
        catch (JsonException e)
        {
            Assert.Equal(FailureKind.ParseError, failure?.Kind);
            Assert.Equal(default, envelope);
            Assert.Contains(failure!.Message, (string[])[
                $"Parse error: the message is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).",
                "Parse error: the message is nested more than 128 deep."]);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new InvalidOperationException($"{e.Message} for {Encoding.UTF8.GetString(json)}", e);
        }
    }
}
