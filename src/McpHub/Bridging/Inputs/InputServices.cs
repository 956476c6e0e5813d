namespace McpHub.Bridging.Inputs;

/// <summary>What all upstreams share for input requests.</summary>
internal sealed record InputServices(RequestStates States, ParkedCalls Parked);
