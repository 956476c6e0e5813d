using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using McpHub.Protocol;

namespace McpHub.Tests.Fuzzing;

/// <summary>The walks over members and items against the framework's reader: of every message that is JSON they find the same pieces.</summary>
public sealed class JsonWalkTests
{
    private const int Rounds = 30_000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = EnvelopeReader.MaxDepth };

    [Fact]
    public async Task Walks_FindWhatTheFrameworkFinds_AtEveryLevel()
    {
        var objects = 0;
        var arrays = 0;
        await FuzzRun.OfAsync(Rounds, random =>
        {
            var json = new RandomMessage(random).Make();
            if (Utf8.IsValid(json) && IsJson(json))
            {
                Compare(json, ref objects, ref arrays);
            }
        });

        Assert.InRange(objects, Rounds, int.MaxValue);
        Assert.InRange(arrays, Rounds / 10, int.MaxValue);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData(" { } ", 0)]
    [InlineData("{ \"a\" : 1 , \"b\" : [ ] }", 2)]
    [InlineData("[{\"a\":1}]", 0)]
    [InlineData("\"text\"", 0)]
    [InlineData("null", 0)]
    [InlineData("", 0)]
    public void Members_AreThoseOfAnObject_AndNothingElseHasAny(string json, int count)
    {
        var members = new JsonMembers(Encoding.UTF8.GetBytes(json));
        var found = 0;
        while (members.MoveNext())
        {
            found++;
        }

        Assert.Equal(count, found);
        Assert.False(members.MoveNext());
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData(" [ 1 , \"]\" , { } ] ", 3)]
    [InlineData("{\"a\":[1]}", 0)]
    [InlineData("7", 0)]
    [InlineData("", 0)]
    public void Items_AreThoseOfAnArray_AndNothingElseHasAny(string json, int count)
    {
        var items = new JsonItems(Encoding.UTF8.GetBytes(json));
        var found = 0;
        while (items.MoveNext())
        {
            found++;
        }

        Assert.Equal(count, found);
        Assert.False(items.MoveNext());
    }

    [Fact]
    public void Member_IsFoundByItsName_HoweverThatIsSpelled()
    {
        var members = new JsonMembers("""{"n\u0061me":"a\"b","na":1,"name":2}"""u8);

        Assert.True(members.MoveNext());
        Assert.True(members.NameIs("name"u8));
        Assert.False(members.NameIs("na"u8));
        Assert.True(members.MoveNext());
        Assert.False(members.NameIs("name"u8));
        Assert.True(members.NameIs("na"u8));
        Assert.True(members.MoveNext());
        Assert.True(members.NameIs("name"u8));
        Assert.False(members.MoveNext());
    }

    [Theory]
    [InlineData("{\"a\":1", 1)]
    [InlineData("{\"a\":1,}", 1)]
    [InlineData("{\"a\" 1}", 0)]
    [InlineData("{\"a\":[1,2}}", 0)]
    [InlineData("[1,2", 2)]
    [InlineData("[1,]", 1)]
    [InlineData("[tru]", 0)]
    public void Walk_Throws_WhereItIsNoJson_AfterWhatCameBefore(string json, int count) => Assert.Equal(count, CountUntilBroken(json));

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void Walk_Throws_WhereItIsNestedTooDeep(int levels, bool isRead)
    {
        var inner = new string('[', levels) + new string(']', levels);
        if (isRead)
        {
            Assert.True(JsonMembers.TryGet(Encoding.UTF8.GetBytes($"{{\"a\":{inner},\"b\":1}}"), "b"u8, out _));
            return;
        }

        Assert.Equal(0, CountUntilBroken($"{{\"a\":{inner},\"b\":1}}"));
        Assert.Equal(1, CountUntilBroken($"[0,{inner},1]"));
    }

    private static int CountUntilBroken(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        var count = 0;
        Assert.ThrowsAny<JsonException>(() =>
        {
            var members = new JsonMembers(utf8);
            var items = new JsonItems(utf8);
            while (members.IsObject ? members.MoveNext() : items.MoveNext())
            {
                count++;
            }
        });
        return count;
    }

    private static bool IsJson(byte[] json) => EnvelopeReader.Read(json, out _) is not { Kind: FailureKind.ParseError };

    private static void Compare(ReadOnlySpan<byte> json, ref int objects, ref int arrays)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            objects++;
            var members = new JsonMembers(json);
            Assert.True(members.IsObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Assert.True(members.MoveNext());
                Assert.True(members.Name.SequenceEqual(json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2)));
                reader.Read();
                Assert.Equal(reader.TokenType, members.Kind);
                var expected = Skip(ref reader);
                Assert.Equal(expected, members.ValueSlice);
                Assert.True(members.Value.SequenceEqual(expected.Of(json)));
                Compare(members.Value, ref objects, ref arrays);
            }

            Assert.False(members.MoveNext());
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            arrays++;
            var items = new JsonItems(json);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Assert.True(items.MoveNext());
                var expected = Skip(ref reader);
                Assert.Equal(expected.Start, items.Start);
                Assert.True(items.Value.SequenceEqual(expected.Of(json)));
                Compare(items.Value, ref objects, ref arrays);
            }

            Assert.False(items.MoveNext());
        }
    }

    private static Slice Skip(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new Slice(start, (int)reader.BytesConsumed - start);
    }
}
