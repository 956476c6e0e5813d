namespace McpHub.Upstreams;

/// <summary>A server ended when it was asked for its era: it is a legacy one, and has to be started again.</summary>
internal sealed class ProbeEndedServerException(Exception inner) : Exception("The server ended at the probe.", inner);
