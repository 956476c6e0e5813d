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

    /// <summary>The lists that clients of these two views see another way.</summary>
    public static ListKinds Between(CatalogView old, CatalogView next) =>
        (IsSame(old.Tools, next.Tools) ? ListKinds.None : ListKinds.Tools)
        | (IsSame(old.Prompts, next.Prompts) ? ListKinds.None : ListKinds.Prompts)
        | (IsSame(old.Resources, next.Resources) && IsSame(old.ResourceTemplates, next.ResourceTemplates) ? ListKinds.None : ListKinds.Resources);

    /// <summary>The lists that are not what they were for anybody, whatever a client declares.</summary>
    public static ListKinds Ever(CatalogView old, CatalogView next) =>
        old.Declared.Union(next.Declared).Aggregate(Between(old, next), (all, features) => all | Between(old.SeenBy(features), next.SeenBy(features)));

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
