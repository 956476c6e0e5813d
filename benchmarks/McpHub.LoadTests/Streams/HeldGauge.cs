using System.Globalization;
using McpHub.LoadTests.Processes;

namespace McpHub.LoadTests.Streams;

/// <summary>The most that a gateway's streams have held, as its metrics tell it, and the most RAM that it has taken, whenever somebody looked.</summary>
internal sealed class HeldGauge(HttpClient http, Uri metrics, ChildProcess gateway)
{
    public double MostHeld { get; private set; }

    public long MostResident { get; private set; }

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var text = await http.GetStringAsync(metrics, cancellationToken);
        var line = text.Split('\n').FirstOrDefault(static line => line.StartsWith("mcphub_stream_held", StringComparison.Ordinal))
            ?? throw new InvalidDataException("The gateway does not tell what its streams hold.");
        MostHeld = Math.Max(MostHeld, double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
        MostResident = Math.Max(MostResident, gateway.Usage().ResidentBytes);
    }
}
