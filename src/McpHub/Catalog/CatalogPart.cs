using McpHub.Bridging;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>What one server contributes to a catalog: its offer as the configuration lets it be seen.</summary>
internal sealed class CatalogPart
{
    public CatalogPart(ICatalogSource source, UpstreamConfig config, ServerOffer offer)
    {
        Source = source;
        Declared = source.Declared;
        Config = config;
        Offer = offer;
        Tools = [.. offer.Tools.Where(t =>
            (config.Include.Count == 0 || NamePattern.MatchesAny(config.Include, t.Key)) && !NamePattern.MatchesAny(config.Exclude, t.Key))];
    }

    /// <summary>What the server contributes for clients with certain capabilities; itself, if that is the same.</summary>
    public CatalogPart For(ClientFeatures features) => Declared.Differing.TryGetValue(features, out var offer) ? new CatalogPart(Source, Config, offer) : this;

    public ICatalogSource Source { get; }

    /// <summary>What it contributes for clients with certain capabilities, as it was when the snapshot was begun.</summary>
    public DeclaredOffers Declared { get; }

    public UpstreamConfig Config { get; }

    public ServerOffer Offer { get; }

    /// <summary>The tools that are included and not excluded.</summary>
    public IReadOnlyList<Definition> Tools { get; }

    public string Prefix => Config.Prefix ?? ServerPath.From(Config.Name);

    public string Category => Config.Category ?? Config.Name;

    /// <summary>Where resources are looked for that it doesn't list; nowhere if it has no resources.</summary>
    /// <param name="uris">The URIs that another server uses too.</param>
    public IEnumerable<ResourceSource> ResourceSources(UriMap uris) =>
        Offer.Features.HasFlag(ServerFeatures.Resources) ? [new ResourceSource(Source, uris, Category, Config.Tags)] : [];

    /// <summary>The entry of a native tool: its name is what its author gave it.</summary>
    public static CatalogEntry Native(ICatalogSource source, Definition tool)
    {
        var schema = ToolSchema.Read(tool.Json);
        return new CatalogEntry
        {
            Source = source,
            Name = tool.Key,
            SourceName = tool.Key,
            SourceNameJson = JsonText.Encode(tool.Key),
            Definition = tool.Json,
            Revision = Revisions.Latest,
            Category = tool.Category ?? source.Name,
            Tags = tool.Tags ?? [],
            HeaderParameters = schema.HeaderParameters,
            HasOpenOutput = schema.HasOpenOutput,
            IsNesting = tool.IsNesting,
            Owner = tool.Owner,
        };
    }

    /// <summary>The name that the configuration wants for a tool.</summary>
    public string? RenameOf(Definition tool) => Config.Tools.GetValueOrDefault(tool.Key)?.Name;

    /// <param name="nameOf">Gives the name shown.</param>
    /// <param name="uris">The URIs that another server uses too.</param>
    /// <remarks>In the order of <see cref="Tools"/>.</remarks>
    public IEnumerable<CatalogEntry> ToolEntries(Func<Definition, string> nameOf, UriMap uris)
    {
        foreach (var tool in Tools)
        {
            var own = Config.Tools.GetValueOrDefault(tool.Key);
            var name = nameOf(tool);
            var schema = ToolSchema.Read(tool.Json);
            yield return Entry(tool, name, DefinitionTranslator.ShowAs(tool.Json, "name"u8, tool.Key, name, own?.Description), uris) with
            {
                Category = own?.Category ?? Category,
                Tags = own is { Tags.Count: > 0 } ? [.. Config.Tags.Union(own.Tags)] : Config.Tags,
                Timeout = own?.Timeout,
                HeaderParameters = schema.HeaderParameters,
                HasOpenOutput = schema.HasOpenOutput,
                IsRepeatable = ToolHints.IsRepeatable(tool.Json),
            };
        }
    }

    public IEnumerable<CatalogEntry> PromptEntries(Func<Definition, string> nameOf, UriMap uris)
    {
        foreach (var prompt in Offer.Prompts)
        {
            var name = nameOf(prompt);
            yield return Entry(prompt, name, DefinitionTranslator.ShowAs(prompt.Json, "name"u8, prompt.Key, name, null), uris) with { List = ListMember.Prompts };
        }
    }

    public IEnumerable<CatalogEntry> ResourceEntries(IReadOnlyList<Definition> definitions, ListMember list, UriMap uris)
    {
        foreach (var definition in definitions)
        {
            var uri = uris.Show(definition.Key);
            yield return Entry(definition, uri, DefinitionTranslator.ShowAs(definition.Json, list.Key(), definition.Key, uri, null), uris) with { List = list };
        }
    }

    private CatalogEntry Entry(Definition definition, string name, ReadOnlyMemory<byte> shown, UriMap uris) => new()
    {
        Source = Source,
        Name = name,
        SourceName = definition.Key,
        SourceNameJson = JsonText.Encode(definition.Key),
        Definition = shown,
        Revision = Offer.Revision,
        Category = Category,
        Tags = Config.Tags,

        // Prompts and resources are read; a tool may say otherwise.
        IsRepeatable = true,
        Uris = uris,
    };
}
