namespace McpHub.Catalog;

/// <summary>The four lists, and where each has what.</summary>
internal enum ListMember : byte
{
    Tools,
    Prompts,
    Resources,
    ResourceTemplates,
}

/// <summary>The wire names of the lists.</summary>
internal static class ListMembers
{
    /// <summary>The member of the list's result.</summary>
    public static ReadOnlySpan<byte> Utf8(this ListMember list) => list switch
    {
        ListMember.Tools => "tools"u8,
        ListMember.Prompts => "prompts"u8,
        ListMember.Resources => "resources"u8,
        _ => "resourceTemplates"u8,
    };

    /// <summary>The member of an entry that it is called by.</summary>
    public static ReadOnlySpan<byte> Key(this ListMember list) => list switch
    {
        ListMember.Tools or ListMember.Prompts => "name"u8,
        ListMember.Resources => "uri"u8,
        _ => "uriTemplate"u8,
    };
}
