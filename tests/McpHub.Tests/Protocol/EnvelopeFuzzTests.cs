using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using McpHub.Protocol;

namespace McpHub.Tests.Protocol;

/// <summary>Random damage to good messages: nothing throws, and nothing is read that the framework's own reader refuses.</summary>
public sealed class EnvelopeFuzzTests
{
    private const int Rounds = 250_000;

    private static readonly byte[][] Seeds =
    [
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"b":[1,2.5e3,"\u00e4"]},"_meta":{"progressToken":"p","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"""u8.ToArray(),
        """{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","content":[{"type":"text","text":"hi"}],"isError":false}}"""u8.ToArray(),
        """{"jsonrpc":"2.0","id":-5,"error":{"code":-32601,"message":"no","data":{"a":null}}}"""u8.ToArray(),
        """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":0.5}}"""u8.ToArray(),
        """[{"jsonrpc":"2.0","id":1,"method":"ping"}]"""u8.ToArray(),
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":\"ä😀\",\"cursor\":\"\"}}"u8.ToArray(),
    ];

    private static readonly byte[][] Pieces =
    [
        "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(),
        "null"u8.ToArray(), "true"u8.ToArray(), "-"u8.ToArray(), "0"u8.ToArray(), "1e999"u8.ToArray(), "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(),
        "\"id\":"u8.ToArray(), "\"params\":{"u8.ToArray(), "\"_meta\":"u8.ToArray(), "\"name\":1,"u8.ToArray(), "\"result\":"u8.ToArray(), "\"error\":null,"u8.ToArray(),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0], [0xEF, 0xBB, 0xBF], " \r\n\t"u8.ToArray(), "//"u8.ToArray(),
    ];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EnvelopeReader.MaxDepth };

    [Fact]
    public void Read_AcceptsOnlyWhatIsJson_AndNeverThrows()
    {
        var random = new Random(20261121);
        for (var round = 0; round < Rounds; round++)
        {
            var json = Mutate(Seeds[random.Next(Seeds.Length)], random);

            var failure = EnvelopeReader.Read(json, out var envelope);

            var isJson = Utf8.IsValid(json) && IsJson(json);
            Assert.True(isJson == (failure?.Kind != FailureKind.ParseError), $"{failure}: {Convert.ToHexString(json)}");
            if (isJson)
            {
                Assert.True(failure is not null || envelope.Kind != EnvelopeKind.Invalid, Encoding.UTF8.GetString(json));
                AssertPiecesAreJson(json, envelope);
            }
        }
    }

    private static void AssertPiecesAreJson(byte[] json, in Envelope envelope)
    {
        foreach (var slice in (Slice[])[envelope.Id, envelope.MethodName, envelope.Params, envelope.Result, envelope.Error, envelope.Name, envelope.Arguments, envelope.Meta])
        {
            Assert.True(!slice.IsPresent || IsJson(slice.Of(json).ToArray()), Encoding.UTF8.GetString(json));
        }
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 3:
                    bytes[at] = bytes[random.Next(bytes.Count)];
                    break;
                default:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
