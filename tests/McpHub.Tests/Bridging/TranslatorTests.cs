using System.Text;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Tests.Bridging;

/// <summary>Definitions, schemas and contents as text: what is not changed stays byte for byte.</summary>
public sealed class TranslatorTests
{
    [Theory]
    [InlineData("""{"name":"a","x":1.0}""", "a", null, """{"name":"a","x":1.0}""")]
    [InlineData("""{"x":1.0,"name":"a","y":"\u00e4"}""", "s_a", null, """{"x":1.0,"name":"s_a","y":"\u00e4"}""")]
    [InlineData("""{"name":"a","description":"old","x":1}""", "a", "n\"ew", """{"name":"a","x":1,"description":"n\"ew"}""")]
    [InlineData("""{"n\u0061me":"a"}""", "b", "d", """{"name":"b","description":"d"}""")]
    public void ShowAs_ChangesNothingBesides(string json, string name, string? description, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(DefinitionTranslator.ShowAs(Encoding.UTF8.GetBytes(json), "name"u8, "a", name, description).Span));

    [Theory]
    [InlineData("""{"$ref":"#"}""", """{"$ref":"#/properties/result"}""")]
    [InlineData("""{"a":{"$ref":"#/$defs/x"},"b":[{"$dynamicRef":"#/x"}]}""", """{"a":{"$ref":"#/properties/result/$defs/x"},"b":[{"$dynamicRef":"#/properties/result/x"}]}""")]
    [InlineData("""{"$ref":"#anchor","x":{"$ref":"https://a/b#/c"}}""", """{"$ref":"#anchor","x":{"$ref":"https://a/b#/c"}}""")]
    [InlineData("""{"$ref":5,"a":[],"b":{},"c":[[1.0]]}""", """{"$ref":5,"a":[],"b":{},"c":[[1.0]]}""")]
    [InlineData("""{"a":"\ud800","a":{"$ref":"#\/x"}}""", """{"a":"\ud800","a":{"$ref":"#/properties/result\/x"}}""")]
    [InlineData("true", "true")]
    public void Wrapped_MovesTheReferences(string schema, string inner)
    {
        using var buffer = Utf8Buffer.Rent();
        SchemaCopy.Wrapped(buffer, Encoding.UTF8.GetBytes(schema));

        Assert.Equal("""{"type":"object","properties":{"result":""" + inner + """},"required":["result"]}""", Encoding.UTF8.GetString(buffer.Span));
    }

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("{}", "{}")]
    [InlineData("\"x\"", "\"x\"")]
    [InlineData("""[5,null,"x",[{"type":"audio"}]]""", """[5,null,"x",[{"type":"audio"}]]""")]
    [InlineData("""[{"type":"text","text":"\ud83d","f":1.0}]""", """[{"type":"text","text":"\ud83d","f":1.0}]""")]
    [InlineData("""[{"type":"audio","data":"aGk="}]""", """[{"type":"resource","resource":{"uri":"mcphub://content/audio","blob":"aGk="}}]""")]
    [InlineData("""[{"type":"resource_link"}]""", """[{"type":"text","text":"uri: "}]""")]
    [InlineData("""[{"type":"resource_link","uri":"a:\"\ud83d","name":"n\n"}]""", """[{"type":"text","text":"name: n\n\nuri: a:\"\ud83d"}]""")]
    [InlineData("""[{"role":"user","content":{"type":"resource_link","uri":"a:b"}}]""", """[{"role":"user","content":{"type":"text","text":"uri: a:b"}}]""")]
    [InlineData("""[{"type":"text","text":"","_meta":{},"title":"x","icons":[]}]""", """[{"type":"text","text":""}]""")]
    [InlineData("""[{"type":"text","annotations":{"priority":1.0,"lastModified":"x"}}]""", """[{"type":"text","annotations":{"priority":1.0}}]""")]
    public void Content_IsRewritten_ForTheOldestClients(string content, string expected)
    {
        using var buffer = Utf8Buffer.Rent();
        ContentTranslator.Write(buffer, Encoding.UTF8.GetBytes(content), Revision.V20241105, UriMap.Identity);

        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Span));
    }

    [Theory]
    [InlineData("\"eu\"", "eu")]
    [InlineData("5", "5")]
    [InlineData("-0", "0")]
    [InlineData("42.0", "42")]
    [InlineData("1e2", "100")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("\"\"", "")]
    [InlineData("\"日本語\"", "=?base64?5pel5pys6Kqe?=")]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("\"\\ud800\"", null)]
    public void ParamHeader_RepeatsTheArgument(string argument, string? expected)
    {
        var parameter = new HeaderParameter("Mcp-Param-A", ["o", "a"]);
        var arguments = Encoding.UTF8.GetBytes("{\"o\":{\"a\":" + argument + "}}");

        var headers = ParamHeaders.Of([parameter], arguments);

        Assert.Equal(expected, headers.SingleOrDefault().Value);
        using var document = System.Text.Json.JsonDocument.Parse(arguments);
        Assert.Null(ParamHeaders.Check(parameter, expected, document.RootElement));
        Assert.Equal(expected is null, ParamHeaders.Check(parameter, "something else", document.RootElement) is null);
        Assert.Equal(expected is null, ParamHeaders.Check(parameter, null, document.RootElement) is null);
    }
}
