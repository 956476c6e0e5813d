using System.Text;
using System.Text.Json;
using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Tests.Catalog;

public sealed class ReadyListTests
{
    private static readonly ListSettings Settings = new(3, new CacheHints(500, IsPrivate: true), """{"name":"g","version":"1"}"""u8.ToArray());

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(7, 3)]
    public void Pages_CoverTheList_InOrderAndOnce(int entries, int pages)
    {
        var list = List(entries);
        foreach (var revision in Revisions.All)
        {
            var names = new List<string?>();
            var cursor = "";
            var count = 0;
            do
            {
                Assert.True(list.TryGetPage(revision, Encoding.UTF8.GetBytes(cursor), out var json));
                var page = JsonElement.Parse(Encoding.UTF8.GetString(json.Span));
                names.AddRange(page.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
                cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetRawText() : "";
                count++;
                Assert.Equal(revision.IsModern(), page.TryGetProperty("ttlMs", out _));
            }
            while (cursor.Length > 0);

            Assert.Equal(pages, count);
            Assert.Equal(Enumerable.Range(0, entries).Select(i => $"t{i}"), names);
        }
    }

    [Fact]
    public void Cursor_IsOfOneListOnly()
    {
        var list = List(7);
        var cursor = CursorOf(list);

        Assert.True(list.TryGetPage(Revision.V20241105, Encoding.UTF8.GetBytes(cursor), out _));
        Assert.True(List(7).TryGetPage(Revision.V20260728, Encoding.UTF8.GetBytes(cursor), out _));
        Assert.False(List(8).TryGetPage(Revision.V20260728, Encoding.UTF8.GetBytes(cursor), out _));
        foreach (var wrong in (string[])["\"\"", "\"1\"", "\"x.1\"", cursor[..^2] + "0\"", cursor[..^2] + "9\"", cursor[..^2] + "-1\"", cursor[..^2] + "+1\"", cursor[..^1] + " \"", cursor[..^2] + "99999999999\"", "\"\\ud800\""])
        {
            Assert.False(list.TryGetPage(Revision.V20260728, Encoding.UTF8.GetBytes(wrong), out _), wrong);
        }
    }

    [Fact]
    public void Pages_AreWrittenOnce()
    {
        var list = List(2);
        list.TryGetPage(Revision.V20260728, [], out var first);
        list.TryGetPage(Revision.V20260728, [], out var second);

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(first, out var a));
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(second, out var b));
        Assert.Same(a.Array, b.Array);
    }

    private static string CursorOf(ReadyList list)
    {
        list.TryGetPage(Revision.V20260728, [], out var page);
        return JsonElement.Parse(Encoding.UTF8.GetString(page.Span)).GetProperty("nextCursor").GetRawText();
    }

    private static ReadyList List(int count) => new(ListMember.Tools, [.. Enumerable.Range(0, count).Select(Entry)], Settings);

    private static CatalogEntry Entry(int index) => new()
    {
        Source = null!,
        Name = $"t{index}",
        SourceName = $"t{index}",
        SourceNameJson = [],
        Definition = Encoding.UTF8.GetBytes("{\"name\":\"t" + index + "\",\"inputSchema\":{}}"),
        Revision = Revision.V20251125,
    };
}
