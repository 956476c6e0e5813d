namespace McpHub.Catalog;

/// <summary>The lists that a client can be told of having changed. Templates belong to the resources: they have no notification.</summary>
[Flags]
internal enum ListKinds : byte
{
    None = 0,
    Tools = 1,
    Prompts = 2,
    Resources = 4,
    All = Tools | Prompts | Resources,
}
