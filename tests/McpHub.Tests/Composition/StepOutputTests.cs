using System.Text;
using McpHub.Composition.Definitions;
using McpHub.Composition.Running;

namespace McpHub.Tests.Composition;

public sealed class StepOutputTests
{
    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"{\"a\":2}"}],"structuredContent":{"a":1}}""", "Auto", """{"a":1}""")]
    [InlineData("""{"content":[{"type":"text","text":" {\"a\":2} "}]}""", "Auto", """{"a":2}""")]
    [InlineData("""{"content":[{"type":"text","text":"[1]"}],"structuredContent":null}""", "Auto", "[1]")]
    [InlineData("""{"content":[{"type":"text","text":"42"}]}""", "Auto", "\"42\"")]
    [InlineData("""{"content":[{"type":"text","text":"{no json"}]}""", "Auto", "\"{no json\"")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"image","data":""},{"type":"text","text":"b\"ü"}]}""", "Auto", "\"a\\nb\\\"ü\"")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":""},{"type":"text","text":"b"}]}""", "Auto", "\"a\\n\\nb\"")]
    [InlineData("""{"content":[]}""", "Auto", "\"\"")]
    [InlineData("""{"content":[{"type":"text","text":"{\"a\":2}"}],"structuredContent":{"a":1}}""", "Text", "\"{\\\"a\\\":2}\"")]
    [InlineData("""{"content":[{"type":"text","text":"plain ü 🙂"}]}""", "Auto", "\"plain ü 🙂\"")]
    [InlineData("""{"content":[{"type":"text","text":"plain"}]}""", "Text", "\"plain\"")]
    [InlineData("""{"content":[{"type":"text","text":"  "}]}""", "Auto", "\"  \"")]
    [InlineData("""{"content":[{"type":"text","text":"  {}"}]}""", "Auto", "{}")]
    [InlineData("""{"content":[{"type":"text","text":"\n[1]"}]}""", "Auto", "[1]")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"image","data":""}]}""", "Auto", "\"a\"")]
    [InlineData("""{"content":[{"type":"image","data":""},{"type":"text","text":"b"}]}""", "Auto", "\"b\"")]
    [InlineData("""{"content":[{"type":"text","text":7}]}""", "Auto", "\"\"")]
    [InlineData("""{"content":[{"type":"text","text":"42"}]}""", "Json", "42")]
    [InlineData("""{"content":[{"type":"text","text":"no"}]}""", "Json", null)]
    [InlineData("""{"content":[]}""", "Full", """{"content":[]}""")]
    public void Output_IsWhatIsWantedOfTheResult(string result, string form, string? output)
    {
        var read = StepOutput.Read(Encoding.UTF8.GetBytes(result), Enum.Parse<OutputForm>(form));

        Assert.Equal(output, read is null ? null : Encoding.UTF8.GetString(read));
    }
}
