using System.Text;
using McpHub.Bridging;
using McpHub.Catalog;

namespace McpHub.Tests.Catalog;

/// <summary>Every constraint that SEP-2243 has for <c>x-mcp-header</c>.</summary>
public sealed class ToolSchemaTests
{
    [Theory]
    [InlineData("""{"a":{"type":"string","x-mcp-header":"Region"}}""", "Mcp-Param-Region=a")]
    [InlineData("""{"a":{"type":"integer","x-mcp-header":"A"},"b":{"type":"boolean","x-mcp-header":"B"}}""", "Mcp-Param-A=a Mcp-Param-B=b")]
    [InlineData("""{"o":{"type":"object","properties":{"p":{"properties":{"q":{"type":"string","x-mcp-header":"Q"}}}}}}""", "Mcp-Param-Q=o.p.q")]
    [InlineData("""{"x-mcp-header":{"type":"string"}}""", "")]
    [InlineData("""{"a":{"type":"string","default":{"x-mcp-header":"A"},"enum":[{"x-mcp-header":"B"}]}}""", "")]
    [InlineData("""{"a":{"type":"string","x-mcp-header":"!#$%&'*+-.^_`|~09azAZ"}}""", "Mcp-Param-!#$%&'*+-.^_`|~09azAZ=a")]
    public void Annotations_AreTaken_WhereTheyAreValid(string properties, string expected)
    {
        var schema = Read("""{"name":"t","inputSchema":{"type":"object","properties":""" + properties + "}}");

        Assert.Null(schema.Fault);
        Assert.Equal(expected, string.Join(' ', schema.HeaderParameters.Select(p => $"{p.Header}={string.Join('.', p.Path)}")));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":""}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":5}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":null}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"with space"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"a:b"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"a\r\nX: y"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"ä"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"\ud800"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"object","x-mcp-header":"A"}}}""")]
    [InlineData("""{"properties":{"a":{"type":"array","x-mcp-header":"A"}}}""")]
    [InlineData("""{"properties":{"a":{"type":["string","null"],"x-mcp-header":"A"}}}""")]
    [InlineData("""{"properties":{"a":{"x-mcp-header":"A"}}}""")]
    [InlineData("""{"x-mcp-header":"A","type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}}""")]
    [InlineData("""{"oneOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}""")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"string","x-mcp-header":"A"}]}}}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]}""")]
    [InlineData("""{"not":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}}""")]
    [InlineData("""{"if":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}}""")]
    [InlineData("""{"then":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}}""")]
    [InlineData("""{"else":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}}""")]
    [InlineData("""{"$defs":{"d":{"type":"string","x-mcp-header":"A"}},"properties":{"a":{"$ref":"#/$defs/d"}}}""")]
    [InlineData("""{"additionalProperties":{"type":"string","x-mcp-header":"A"}}""")]
    [InlineData("""{"patternProperties":{"a":{"type":"string","x-mcp-header":"A"}}}""")]
    public void Tool_IsInvalid_WhereAnAnnotationBreaksARule(string input)
    {
        var definition = """{"name":"t","inputSchema":""" + input + "}";

        Assert.NotNull(Read(definition).Fault);

        // Over stdio the tool is shown without it.
        var repaired = DefinitionTranslator.WithoutHeaderAnnotations(Encoding.UTF8.GetBytes(definition));
        Assert.Null(ToolSchema.Read(repaired).Fault);
        Assert.Empty(ToolSchema.Read(repaired).HeaderParameters);
    }

    [Fact]
    public void Repair_KeepsEverythingElse_AsItWas()
    {
        const string Before = """{"name":"t","x":1.0,"inputSchema":{"properties":{"x-mcp-header":{"type":"string"},"a":{"type":"number","x-mcp-header":"A","default":1.0,"title":"\u00e4"}},"items":[1,{},[]]},"x-mcp-header":"kept"}""";

        var after = Encoding.UTF8.GetString(DefinitionTranslator.WithoutHeaderAnnotations(Encoding.UTF8.GetBytes(Before)).Span);

        Assert.Equal(Before.Replace("\"x-mcp-header\":\"A\",", "", StringComparison.Ordinal), after);
    }

    [Theory]
    [InlineData("""{"name":"t"}""", false)]
    [InlineData("""{"name":"t","outputSchema":null}""", false)]
    [InlineData("""{"name":"t","outputSchema":{"type":"object"}}""", false)]
    [InlineData("""{"name":"t","outputSchema":{"type":"array"}}""", true)]
    [InlineData("""{"name":"t","outputSchema":{"type":["object","null"]}}""", true)]
    [InlineData("""{"name":"t","outputSchema":{}}""", true)]
    [InlineData("""{"name":"t","outputSchema":true}""", true)]
    public void Output_IsOpen_WhenItNeedNotBeAnObject(string definition, bool isOpen) => Assert.Equal(isOpen, Read(definition).HasOpenOutput);

    private static ToolSchema Read(string definition) => ToolSchema.Read(Encoding.UTF8.GetBytes(definition));
}
