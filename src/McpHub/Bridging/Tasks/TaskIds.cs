using System.Text;
using McpHub.State;

namespace McpHub.Bridging.Tasks;

/// <summary>
/// The ids by which clients know tasks: sealed, so that they tell nothing of what is behind the gateway, cannot be made up, and are
/// good for the caller alone that was given them. The id itself says where the task is, so that no table is kept and any gateway with
/// the same key serves it.
/// </summary>
/// <remarks>
/// Thread-safe. The same task may have many ids: each sealing gives another. Whoever answers about a task writes the id that the
/// client asked by.
/// </remarks>
internal sealed class TaskIds(SealKey key)
{
    /// <summary>The longest id of a server's that is taken: what is made of it has to fit into a header.</summary>
    public const int LongestId = 4096;

    // The id opens nothing by itself: the caller is checked each time, and the server says whether there still is such a task. So it
    // need not end before the task, which may have no end at all.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>Makes the id that a caller is given.</summary>
    public string Seal(TaskAddress address, string caller) =>
        key.Seal.Seal(Encoding.UTF8.GetBytes($"{address.Source}\0{address.Id}"), BindingOf(caller), Lifetime);

    /// <summary>Reads an id that a caller brought.</summary>
    /// <returns>Whether it is one that was made for this caller.</returns>
    public bool TryOpen(string id, string caller, out TaskAddress address)
    {
        address = default;
        if (!key.Seal.TryOpen(id, BindingOf(caller), out var content))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(content);
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        address = new TaskAddress(text[..end], text[(end + 1)..]);
        return true;
    }

    /// <remarks>So that nothing else that was sealed for the same caller passes for a task.</remarks>
    private static byte[] BindingOf(string caller) => Encoding.UTF8.GetBytes($"task\0{caller}");
}
