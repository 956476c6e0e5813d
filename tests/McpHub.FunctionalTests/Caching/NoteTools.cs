using System.Globalization;
using ModelContextProtocol.Server;

namespace McpHub.FunctionalTests.Caching;

/// <summary>Native tools whose author says what is kept and what is forgotten.</summary>
[McpServerToolType]
internal sealed class NoteTools(NoteStore store, ICacheEventBus events)
{
    [McpServerTool(Name = "get_note", ReadOnly = true)]
    [CacheResult(TtlSeconds = 3600, IsShared = true, Tags = ["note:{id}"])]
    public string Get(int id) => store.Read(id).ToString(CultureInfo.InvariantCulture);

    [McpServerTool(Name = "add_note")]
    [InvalidatesCache("note:{id}")]
    public string Add(int id) => store.Notes.AddOrUpdate(id, 1, (_, old) => old + 1).ToString(CultureInfo.InvariantCulture);

    [McpServerTool(Name = "drop_notes")]
    public string Drop()
    {
        store.Notes.Clear();
        events.Publish(new NoteStore.NoteDropped("dropped"));
        return "gone";
    }
}
