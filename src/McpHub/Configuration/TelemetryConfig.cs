namespace McpHub.Configuration;

/// <summary>The <c>gateway.telemetry</c> section.</summary>
public sealed record TelemetryConfig
{
    /// <summary>Whether <c>/metrics</c> answers in the Prometheus text format.</summary>
    public bool Prometheus { get; init; } = true;

    /// <summary>Where metrics and traces are pushed by OTLP; <see langword="null"/> for nowhere.</summary>
    public OtlpConfig? Otlp { get; init; }
}
