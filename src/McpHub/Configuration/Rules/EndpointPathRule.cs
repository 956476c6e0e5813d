using System.Buffers;
using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The path of the MCP endpoint: plain segments that mean the same in a URL, a route and a log.</summary>
internal static class EndpointPathRule
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Where the gateway answers to operations, whatever is configured.</summary>
    private static readonly string[] Taken = ["/metrics", "/health"];

    public static Problem? Check(string path)
    {
        if (!path.StartsWith('/'))
        {
            return new Problem("does not start with /", "Write for example \"/mcp\".");
        }

        if (path.EndsWith('/'))
        {
            return new Problem("ends with /", "Write for example \"/mcp\".");
        }

        if (path.AsSpan().ContainsAnyExcept(Characters))
        {
            return new Problem("holds a character other than letters, digits and / - . _ ~", "Use only these characters.");
        }

        if (path.Split('/').Skip(1).Any(segment => segment is "" or "." or ".."))
        {
            return new Problem("holds an empty segment, . or ..", "Write each segment by its name.");
        }

        return Array.Exists(Taken, taken => (path + "/").StartsWith(taken + "/", StringComparison.OrdinalIgnoreCase))
            ? new Problem("is where the gateway reports its own health or metrics", "Choose another path.")
            : null;
    }
}
