namespace McpHub.Bridging.Inputs;

/// <summary>What a server may ask of a client while it works on a request, as the client's capabilities say.</summary>
[Flags]
internal enum InputKinds : byte
{
    None = 0,
    Roots = 1,
    Sampling = 2,
    SamplingTools = 4,
    SamplingContext = 8,
    FormElicitation = 16,
    UrlElicitation = 32,
}
