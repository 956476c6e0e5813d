namespace McpHub.ConformanceServer;

/// <summary>The command line of the fixture server, parsed.</summary>
/// <param name="Stdio">Whether to serve one client over standard input and output instead of HTTP.</param>
/// <param name="Url">The address to listen on; port 0 picks a free one.</param>
/// <param name="Era">Which generations of the protocol to answer.</param>
internal sealed record CommandLine(bool Stdio, string Url, ServerEra Era)
{
    public const string Usage = "Usage: McpHub.ConformanceServer [--stdio | --http URL] [--era both|legacy|modern]";

    /// <exception cref="FormatException">An argument is unknown, or has no usable value.</exception>
    public static CommandLine Parse(string[] args)
    {
        var parsed = new CommandLine(Stdio: false, Url: "http://127.0.0.1:0", ServerEra.Both);
        for (var i = 0; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--stdio" => parsed with { Stdio = true },
                "--http" => parsed with { Url = Value(args, ref i) },
                "--era" => parsed with { Era = ParseEra(Value(args, ref i)) },
                _ => throw new FormatException($"Unknown argument '{args[i]}'."),
            };
        }

        return parsed;
    }

    private static string Value(string[] args, ref int i) =>
        i + 1 < args.Length ? args[++i] : throw new FormatException($"'{args[i]}' needs a value.");

    private static ServerEra ParseEra(string value) =>
        Enum.TryParse<ServerEra>(value, ignoreCase: true, out var era) && Enum.IsDefined(era)
            ? era
            : throw new FormatException($"'{value}' is no era: say both, legacy or modern.");
}
