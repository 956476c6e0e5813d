using McpHub.Configuration;

namespace McpHub.Catalog;

/// <summary>Gives every tool, or every prompt, the name that clients see. One instance for each kind and each snapshot.</summary>
/// <param name="naming">The rules.</param>
/// <param name="natives">The names of native tools, which nothing else can have.</param>
/// <param name="renames">The names that the configuration gives to tools.</param>
/// <param name="shared">Names that more than one server uses.</param>
internal sealed class NameAssignment(NamingConfig naming, IEnumerable<string> natives, IEnumerable<string> renames, IReadOnlySet<string> shared)
{
    private readonly HashSet<string> _taken = [.. natives, .. renames];

    // Each goes to the first tool that wants it.
    private readonly HashSet<string> _renames = [.. renames.Except(natives)];

    /// <summary>Names that could not be had, as <c>wanted → given</c>.</summary>
    public List<(string Server, string Wanted, string Given)> Collisions { get; } = [];

    /// <summary>Gives a tool the name that the configuration wants for it.</summary>
    public string Rename(string server, string name, string wanted)
    {
        return _renames.Remove(wanted) ? wanted : AddHash(server, name, wanted, wanted);
    }

    /// <param name="server">The server.</param>
    /// <param name="prefix">What stands before the names of its tools.</param>
    /// <param name="name">The name there.</param>
    /// <param name="isForSome">Whether only clients with certain capabilities see it; whether another server has it may not be known.</param>
    public string Assign(string server, string prefix, string name, bool isForSome = false)
    {
        var prefixed = prefix.Length == 0 ? name : prefix + naming.Separator + name;
        var wanted = naming.Prefix switch
        {
            PrefixMode.Always => prefixed,
            PrefixMode.Conflict when isForSome || shared.Contains(name) => prefixed,
            _ => name,
        };

        var given = ShownName.From(wanted);
        if (!_taken.Add(given))
        {
            given = ShownName.From(prefixed);
            if (!_taken.Add(given))
            {
                return AddHash(server, name, wanted, prefixed);
            }

            Collisions.Add((server, wanted, given));
        }

        return given;
    }

    /// <summary>The order of the configuration decides who keeps the plain name; the hash is of what doesn't change.</summary>
    private string AddHash(string server, string name, string wanted, string prefixed)
    {
        var identity = server + "\n" + name;
        var given = ShownName.WithHash(prefixed, identity);
        while (!_taken.Add(given))
        {
            // A server can list a tool by the very name that the hash makes.
            identity += "\n";
            given = ShownName.WithHash(prefixed, identity);
        }

        Collisions.Add((server, wanted, given));
        return given;
    }
}
