using McpHub.Configuration;

namespace McpHub.Hosting;

/// <summary>A part of the gateway that keeps a model of its own of the configuration, and swaps it when another one becomes live.</summary>
internal interface IConfiguredPart
{
    /// <summary>Takes a validated configuration. Called at start, and then at each reload, one at a time; requests go on meanwhile.</summary>
    void Apply(HubConfig config);
}
