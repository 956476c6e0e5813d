using System.Text;
using McpHub.Composition;

namespace McpHub.Tests.Composition;

public sealed class SchemaCheckTests
{
    private const string Schema = """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":["integer","null"]},"c":{}},"required":["a","b"]}""";

    [Theory]
    [InlineData("""{"a":"x","b":1}""", null)]
    [InlineData("""{"b":null,"a":"x","c":[],"d":1}""", null)]
    [InlineData("""{"\u0061":"x","b":1}""", null)]
    [InlineData("""{"\u0061":7,"b":1}""", "'a' has the wrong type; it has to be a string.")]
    [InlineData("""{"a":"x","b":"1"}""", "'b' has the wrong type; it has to be an integer or null.")]
    [InlineData("""{"a":"x"}""", "'b' is missing.")]
    [InlineData("""{"a":"x","a":"y"}""", "'b' is missing.")]
    [InlineData("""{"a":"x","\u0061":"y"}""", "'b' is missing.")]
    [InlineData("{}", "'a' is missing.")]
    public void Fault_IsWhatIsMissing_OrHasTheWrongType(string json, string? fault)
    {
        Assert.Equal(fault, new SchemaCheck(Schema).FaultOf(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Fault_IsFound_AmongManyMembers()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"m{i}").ToArray();
        var check = new SchemaCheck($$"""{"type":"object","required":[{{string.Join(',', names.Select(n => $"\"{n}\""))}}]}""");
        var json = "{" + string.Join(',', names[..^1].Select(n => $"\"{n}\":1")) + "}";

        Assert.Equal("'m299' is missing.", check.FaultOf(Encoding.UTF8.GetBytes(json)));
    }
}
