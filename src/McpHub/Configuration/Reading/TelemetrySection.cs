using McpHub.Configuration.Rules;

namespace McpHub.Configuration.Reading;

/// <summary>The <c>gateway.telemetry</c> section.</summary>
internal static class TelemetrySection
{
    public static TelemetryConfig Read(SectionReader? section)
    {
        var defaults = new TelemetryConfig();
        if (section is null)
        {
            return defaults;
        }

        var telemetry = defaults with
        {
            Prometheus = section.Flag("prometheus") ?? defaults.Prometheus,
            Otlp = ReadOtlp(section.Section("otlp")),
        };
        section.Finish();
        return telemetry;
    }

    private static OtlpConfig? ReadOtlp(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        if (section.Take("endpoint") is null)
        {
            section.Error(new Problem(
                "has no endpoint",
                "Add \"endpoint\", the collector's address, for example \"http://localhost:4317\"."));
        }

        var endpoint = section.Text("endpoint", AbsoluteUrlRule.Check);
        var protocol = section.Text("protocol", OtlpProtocolRule.Check);
        var headers = section.Secrets("headers", StringComparer.OrdinalIgnoreCase, HeaderNameRule.Check, HeaderValueRule.Check);
        section.Finish();
        if (endpoint is null)
        {
            return null;
        }

        var otlp = new OtlpConfig { Endpoint = new Uri(endpoint), Headers = headers ?? new Dictionary<string, string>() };
        return otlp with { Protocol = protocol ?? otlp.Protocol };
    }
}
