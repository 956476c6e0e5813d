using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

/// <summary>A folder of its own for the files of one test.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("mcphub-").FullName;

    /// <summary>All that <c>${VAR}</c> finds, so that no test depends on the machine.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string Write(string name, string content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public ConfigurationResult Read(string json, string name = "mcphub.json") =>
        ConfigurationReader.Read(Write(name, json), Environment);

    /// <summary>Reads one entry of <c>mcpServers</c> that has to be right.</summary>
    public UpstreamConfig ReadServer(string entry)
    {
        var result = Read($$$"""{ "mcpServers": { "s": {{{entry}}} } }""");
        Assert.Empty(result.Issues);
        return Assert.Single(result.Config!.Upstreams);
    }

    /// <summary>Reads a <c>gateway</c> section that has to be right.</summary>
    public GatewayConfig ReadGateway(string section)
    {
        var result = Read($$"""{ "gateway": {{section}} }""");
        Assert.Empty(result.Issues);
        return result.Config!.Gateway;
    }
}
