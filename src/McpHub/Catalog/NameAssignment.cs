using McpHub.Configuration;

namespace McpHub.Catalog;

/// <summary>Gives every tool, or every prompt, the name that clients see. One instance for each kind and each snapshot.</summary>
/// <param name="naming">The rules.</param>
/// <param name="natives">The names of native tools, which nothing else can have.</param>
/// <param name="renames">The names that the configuration gives to tools.</param>
/// <param name="shared">Names that more than one server uses.</param>
internal sealed class NameAssignment(NamingConfig naming, IEnumerable<string> natives, IEnumerable<string> renames, IReadOnlySet<string> shared)
{
    private readonly HashSet<string> _natives = [.. natives];
    private readonly HashSet<string> _taken = [.. natives, .. renames];

    /// <summary>Names that could not be had, as <c>wanted → given</c>.</summary>
    public List<(string Server, string Wanted, string Given)> Collisions { get; } = [];

    /// <summary>Gives a tool the name that the configuration wants for it.</summary>
    public string Rename(string server, string name, string wanted)
    {
        if (!_natives.Contains(wanted))
        {
            return wanted;
        }

        var given = ShownName.WithHash(wanted, server + "\n" + name);
        Collisions.Add((server, wanted, given));
        return given;
    }

    public string Assign(string server, string prefix, string name)
    {
        var prefixed = prefix.Length == 0 ? name : prefix + naming.Separator + name;
        var wanted = naming.Prefix switch
        {
            PrefixMode.Always => prefixed,
            PrefixMode.Conflict when shared.Contains(name) => prefixed,
            _ => name,
        };

        var given = ShownName.From(wanted);
        if (!_taken.Add(given))
        {
            given = ShownName.From(prefixed);
            if (!_taken.Add(given))
            {
                // The order of the configuration decides who keeps the plain name; the hash is of what doesn't change.
                given = ShownName.WithHash(prefixed, server + "\n" + name);
                _taken.Add(given);
            }

            Collisions.Add((server, wanted, given));
        }

        return given;
    }
}
