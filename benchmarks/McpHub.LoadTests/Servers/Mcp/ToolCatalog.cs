using System.Globalization;
using System.Text;

namespace McpHub.LoadTests.Servers.Mcp;

/// <summary>The small server's tools, all of which echo, and the ready bytes of their list.</summary>
internal sealed class ToolCatalog
{
    private readonly HashSet<string> _names = [];

    public ToolCatalog(int count)
    {
        var tools = new StringBuilder("\"tools\":[");
        for (var index = 0; index < count; index++)
        {
            var name = index == 0 ? "echo" : string.Create(CultureInfo.InvariantCulture, $"tool_{index:d4}");
            _names.Add(name);
            tools.Append(index == 0 ? "" : ",").Append(Definition(name));
        }

        tools.Append(']');
        LegacyList = Encoding.UTF8.GetBytes($"{{{tools}}}");
        ModernList = Encoding.UTF8.GetBytes(
            $$"""{"resultType":"complete",{{tools}},"ttlMs":300000,"cacheScope":"public",{{McpAnswers.ServerInfoMeta}}}""");
    }

    /// <summary>The result of <c>tools/list</c> for a legacy client.</summary>
    public byte[] LegacyList { get; }

    /// <summary>The result of <c>tools/list</c> for a modern client.</summary>
    public byte[] ModernList { get; }

    public bool Contains(ReadOnlySpan<byte> name) => name.SequenceEqual("echo"u8) || _names.Contains(Encoding.UTF8.GetString(name));

    // About as much as a real tool says of itself: a description, three properties with their own, annotations.
    private static string Definition(string name) =>
        $$$"""
        {"name":"{{{name}}}","title":"Echo a message",
        "description":"Answers with the message that it was given, as one text block, and changes nothing.",
        "inputSchema":{"type":"object","properties":{"message":{"type":"string","description":"The text that is sent back."},
        "limit":{"type":"integer","minimum":1,"description":"The most characters that are wanted."},
        "tags":{"type":"array","items":{"type":"string"},"description":"Words that are ignored."}},"required":["message"]},
        "annotations":{"readOnlyHint":true,"idempotentHint":true,"openWorldHint":false}}
        """.ReplaceLineEndings("");
}
