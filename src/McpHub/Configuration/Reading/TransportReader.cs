namespace McpHub.Configuration.Reading;

/// <summary>Tells from <c>type</c>, <c>command</c> and <c>url</c> how a server is reached, and reads the settings of that way.</summary>
internal static class TransportReader
{
    private static readonly string[] StdioKeys = ["command", "args", "env", "envFile", "cwd"];
    private static readonly string[] HttpKeys = ["url", "headers"];

    private static readonly Dictionary<string, TransportKind> Kinds = new(StringComparer.Ordinal)
    {
        ["stdio"] = TransportKind.Stdio,
        ["http"] = TransportKind.Http,
        ["streamable-http"] = TransportKind.Streamable,
        ["streamableHttp"] = TransportKind.Streamable,
        ["sse"] = TransportKind.Sse,
    };

    public static UpstreamTransportConfig? Read(SectionReader section)
    {
        var kind = section.Choice("type", Kinds);
        var hasCommand = section.Take("command") is not null;
        var hasUrl = section.Take("url") is not null;
        if (hasCommand && hasUrl)
        {
            section.Error(new Problem("has both a command and a url", "Keep command for a local program, or url for a remote server."));
        }
        else if (!hasCommand && !hasUrl)
        {
            section.Error(Missing(kind));
        }
        else if (kind is { } named && named is TransportKind.Stdio != hasCommand)
        {
            section.Error("type", hasCommand
                ? new Problem("does not go with a command", "Write \"stdio\", or leave type out.")
                : new Problem("does not go with a url", "Write \"http\" or \"sse\", or leave type out."));
        }

        // Whichever way the entry is wrong, what it does hold is still read for its own mistakes.
        var stdio = hasCommand || !hasUrl ? StdioTransportReader.Read(section) : null;
        var http = hasUrl ? HttpTransportReader.Read(section, kind) : null;
        if (hasCommand != hasUrl)
        {
            WarnAboutUnused(section, hasUrl);
        }

        return stdio is not null ? stdio : http;
    }

    private static Problem Missing(TransportKind? kind) => kind switch
    {
        TransportKind.Stdio => new("has no command", "Add \"command\", the program to start."),
        null => new("has neither a command nor a url", "Add \"command\" for a local program, or \"url\" for a remote server."),
        _ => new("has no url", "Add \"url\", the address of the server."),
    };

    private static void WarnAboutUnused(SectionReader section, bool hasUrl)
    {
        var problem = hasUrl
            ? new Problem("has no effect beside a url", "Remove it, or use command instead.")
            : new Problem("has no effect beside a command", "Remove it, or use url instead.");
        foreach (var key in hasUrl ? StdioKeys : HttpKeys)
        {
            if (section.Take(key) is { } node)
            {
                // No value: it may be env or headers, which are marked as secret only when they are read.
                section.Context.Issues.Warn(node, problem);
            }
        }
    }
}
