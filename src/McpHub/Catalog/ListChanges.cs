namespace McpHub.Catalog;

/// <summary>Finds out which lists of an endpoint are not what they were.</summary>
internal static class ListChanges
{
    public static ListKinds Of(ListMember list) => list switch
    {
        ListMember.Tools => ListKinds.Tools,
        ListMember.Prompts => ListKinds.Prompts,
        _ => ListKinds.Resources,
    };

    public static ListKinds Between(CatalogView old, CatalogView next) =>
        (IsSame(old.Tools, next.Tools) ? ListKinds.None : ListKinds.Tools)
        | (IsSame(old.Prompts, next.Prompts) ? ListKinds.None : ListKinds.Prompts)
        | (IsSame(old.Resources, next.Resources) && IsSame(old.ResourceTemplates, next.ResourceTemplates) ? ListKinds.None : ListKinds.Resources);

    private static bool IsSame(ReadyList old, ReadyList next)
    {
        if (old.Entries.Count != next.Entries.Count)
        {
            return false;
        }

        for (var i = 0; i < old.Entries.Count; i++)
        {
            var (before, after) = (old.Entries[i], next.Entries[i]);
            if (before.Name != after.Name || before.Revision != after.Revision || !before.Definition.Span.SequenceEqual(after.Definition.Span))
            {
                return false;
            }
        }

        return true;
    }
}
