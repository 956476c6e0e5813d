using System.CommandLine;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    private static readonly string[] Levels = ["debug", "information", "warning", "error"];

    private readonly Option<string> _config = new("--config", "-c")
    {
        HelpName = "FILE",
        Description = "The configuration. Without it: mcphub.json, .mcp.json, mcp.json, .vscode/mcp.json or claude_desktop_config.json of this folder.",
        Recursive = true,
    };

    private readonly Option<string> _level = new("--log-level")
    {
        HelpName = "LEVEL",
        Description = "The least severe messages of the gateway that go to standard error: debug, information, warning or error.",
        Recursive = true,
    };

    private readonly Option<string> _file = new("--log-file")
    {
        HelpName = "PATH",
        Description = "A file that gets the same messages; a new one each day, the last seven are kept.",
        Recursive = true,
    };

    public CommonOptions()
    {
        _level.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Levels);
        foreach (var option in new[] { _config, _file })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: "" }])
                {
                    result.AddError($"Option '{result.Option.Name}' needs the path of a file.");
                }
            });
        }
    }

    public void AddTo(Command root)
    {
        root.Add(_config);
        root.Add(_level);
        root.Add(_file);
    }

    public string? ConfigFile(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>Where the log goes, and from which level on.</summary>
    public GatewayLog OpenLog(ParseResult parsed, LogEventLevel level) =>
        new(parsed.GetValue(_level) is { } text ? Enum.Parse<LogEventLevel>(text, ignoreCase: true) : level, parsed.GetValue(_file));
}
