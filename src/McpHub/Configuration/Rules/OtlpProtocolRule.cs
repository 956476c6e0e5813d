using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>The protocols that the exporter speaks, by the names that OpenTelemetry gives them.</summary>
internal static class OtlpProtocolRule
{
    public static Problem? Check(string protocol) => protocol is "grpc" or "http/protobuf"
        ? null
        : new Problem("is none of the values that this setting takes", "Write one of: grpc, http/protobuf.");
}
