namespace McpHub.Streaming;

/// <summary>A stream has no part with the number that it is to be read from; the message says which it has.</summary>
internal sealed class StreamOffsetException(string message) : Exception(message);
