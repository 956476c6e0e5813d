namespace McpHub.Configuration;

/// <summary>The <c>gateway.telemetry.otlp</c> section.</summary>
public sealed record OtlpConfig
{
    /// <summary>The collector's address.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>.</summary>
    public string Protocol { get; init; } = "grpc";

    /// <summary>Headers for the collector, for example a token.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
