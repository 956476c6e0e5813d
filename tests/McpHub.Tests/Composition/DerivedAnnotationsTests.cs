using System.Text;
using McpHub.Composition;
using McpHub.Composition.Definitions;

namespace McpHub.Tests.Composition;

public sealed class DerivedAnnotationsTests
{
    [Theory]
    [InlineData("""{"id":"a","tool":"read"}""", true)]
    [InlineData("""{"id":"a","tool":"set"}""", true)]
    [InlineData("""{"id":"a","tool":"add"}""", false)]
    [InlineData("""{"id":"a","tool":"gone"}""", false)]
    [InlineData("""{"id":"a","tool":"read"},{"id":"b","tool":"read"}""", true)]
    [InlineData("""{"id":"a","tool":"read"},{"id":"b","tool":"set","arguments":{"to":"${/steps/a}"}}""", false)]
    [InlineData("""{"id":"a","tool":"read","onError":{"tool":"set"}}""", false)]
    [InlineData("""{"id":"a","tool":"set","forEach":"/input/l"}""", false)]
    [InlineData("""{"id":"a","tool":"read","forEach":"/input/l"}""", true)]
    [InlineData("""{"id":"a","elicit":{"message":"To what?"}},{"id":"b","tool":"set","arguments":{"to":"${/steps/a}"}}""", false)]
    public void Composition_IsIdempotent_IfItOnlyReads_OrIsOneCallThatIs(string steps, bool isIdempotent)
    {
        var plan = CompositionReader.Parse(Encoding.UTF8.GetBytes($$"""{"name":"c","description":"d","steps":[{{steps}}]}"""), out var issues);
        Assert.Empty(issues);

        Assert.Equal(isIdempotent, DerivedAnnotations.Of(plan!, Find).IsIdempotent);
    }

    private static ReadOnlyMemory<byte>? Find(string tool) => tool switch
    {
        "read" => """{"name":"read","annotations":{"readOnlyHint":true}}"""u8.ToArray(),
        "set" => """{"name":"set","annotations":{"idempotentHint":true}}"""u8.ToArray(),
        "add" => """{"name":"add"}"""u8.ToArray(),
        _ => null,
    };
}
