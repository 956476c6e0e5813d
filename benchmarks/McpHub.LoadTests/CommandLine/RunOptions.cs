using System.Globalization;
using McpHub.LoadTests.Cases;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.CommandLine;

/// <summary>What a run measures, and how.</summary>
internal sealed record RunOptions
{
    // With more, what is in flight would not fit into a pipe's 64 KiB.
    private const int MaxInFlight = 128;

    public required IReadOnlyList<string> Cases { get; init; }

    public required IReadOnlyList<int> Connections { get; init; }

    public required IReadOnlyList<McpEra> Eras { get; init; }

    /// <summary>What the small MCP server speaks; <see langword="null"/> for the same as the client.</summary>
    public McpEra? UpstreamEra { get; init; }

    public required TimeSpan Duration { get; init; }

    public required TimeSpan Warmup { get; init; }

    /// <summary>Rounds with the same processes.</summary>
    public required int Rounds { get; init; }

    /// <summary>How often all processes are started anew: two of one program may differ by 4 % for as long as they live.</summary>
    public required int Processes { get; init; }

    /// <summary>Requests a second offered to each case over HTTP; <see langword="null"/> for as many as are answered.</summary>
    public int? Rate { get; init; }

    /// <summary>Requests at a time over pipes.</summary>
    public required int InFlight { get; init; }

    /// <summary>How often a process is started to measure its start.</summary>
    public required int Starts { get; init; }

    public string? JsonFile { get; init; }

    public required string GatewayPath { get; init; }

    public static RunOptions Parse(ReadOnlySpan<string> arguments)
    {
        var parsed = Arguments.Parse(
            arguments,
            "cases", "connections", "era", "upstream-era", "duration", "warmup", "rounds", "processes", "rate", "in-flight", "starts",
            "json", "gateway");
        var rate = parsed.Number("rate", 0);
        return new RunOptions
        {
            Cases = CasesOf(parsed.List("cases")),
            Connections = ConnectionsOf(parsed.List("connections")),
            Eras = parsed.Choices("era", McpEra.Legacy, McpEra.Modern),
            UpstreamEra = parsed.Text("upstream-era") is null ? null : parsed.Choice("upstream-era", McpEra.Both),

            // Many short rounds: with 9 of 1 s, a proxy measured against itself came to 1.01 and 1.02 on a busy machine,
            // with 3 of 3 s to 0.81.
            Duration = parsed.Seconds("duration", 1),
            Warmup = parsed.Seconds("warmup", 30),
            Rounds = Math.Max(1, parsed.Number("rounds", 9)),
            Processes = Math.Max(1, parsed.Number("processes", 1)),
            Rate = rate == 0 ? null : rate,
            InFlight = Math.Clamp(parsed.Number("in-flight", MaxInFlight), 1, MaxInFlight),
            Starts = Math.Max(1, parsed.Number("starts", 10)),
            JsonFile = parsed.Text("json"),
            GatewayPath = Path.GetFullPath(parsed.Text("gateway") ?? Repository.GatewayPath()),
        };
    }

    private static IReadOnlyList<string> CasesOf(IReadOnlyList<string> wanted)
    {
        if (wanted.FirstOrDefault(name => !CaseNames.All.Contains(name)) is { } unknown)
            throw new UsageException($"'{unknown}' is not a case; there are {string.Join(", ", CaseNames.All)}.");
        return wanted.Count == 0 ? CaseNames.Usual : [.. CaseNames.All.Where(wanted.Contains)];
    }

    private static IReadOnlyList<int> ConnectionsOf(IReadOnlyList<string> wanted) =>
        wanted.Count == 0 ? [16, 64] : [.. wanted.Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1024
                ? count
                : throw new UsageException($"--connections has '{text}', which is not a number from 1 to 1024."))];
}
