using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Configuration.Rules;

namespace McpHub.Server;

/// <summary>The configuration that a command runs with: from a file, or the embedded default, and what the command line puts over it.</summary>
internal sealed record LoadedConfiguration
{
    private readonly string? _url;

    private LoadedConfiguration(string? url) => _url = url;

    /// <summary>The configuration; <see langword="null"/> when it cannot be used.</summary>
    public HubConfig? Config { get; private init; }

    /// <summary>What reading the file gave; <see langword="null"/> when there is none.</summary>
    public ConfigurationResult? Result { get; private init; }

    /// <summary>What is wrong with the command line's own settings.</summary>
    public string? Problem { get; private init; }

    /// <param name="file">The file; looked for in the working folder when absent.</param>
    /// <param name="url">The address to listen on, instead of that of the file.</param>
    public static LoadedConfiguration Load(string? file, string? url = null)
    {
        file ??= ConfigurationLocator.Find(Directory.GetCurrentDirectory());
        var loaded = new LoadedConfiguration(url);
        return file is null ? loaded.With(HubConfig.Default) : loaded.With(ConfigurationReader.Read(file));
    }

    /// <summary>The same command line over what was read newly.</summary>
    public LoadedConfiguration With(ConfigurationResult result) =>
        result.Config is { } config ? With(config) with { Result = result } : this with { Config = null, Problem = null, Result = result };

    /// <summary>Tells every issue, and whether the configuration can be used.</summary>
    public bool Report(TextWriter writer)
    {
        if (Result is { Issues: { Count: > 0 } issues })
        {
            var errors = issues.Count(i => i.Severity == IssueSeverity.Error);
            writer.WriteLine($"{Result.Path}: {Count(errors, "error")}, {Count(issues.Count - errors, "warning")}");
            foreach (var issue in issues)
            {
                writer.WriteLine($"  {issue}");
            }
        }

        if (Problem is not null)
        {
            writer.WriteLine($"mcphub: {Problem}");
        }

        return Config is not null;
    }

    private LoadedConfiguration With(HubConfig config)
    {
        if (_url is null)
        {
            return this with { Config = config, Problem = null };
        }

        var problem = ListenUrlRule.Check(_url) ?? RemoteAccessRule.Check(_url, config.Gateway.Http, config.Gateway.Auth);
        return problem is { } found
            ? this with { Config = null, Problem = $"--url \"{VisibleText.Of(_url)}\" {found.What}. {found.Mend}" }
            : this with { Problem = null, Config = config with { Gateway = config.Gateway with { Http = config.Gateway.Http with { Url = _url } } } };
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
