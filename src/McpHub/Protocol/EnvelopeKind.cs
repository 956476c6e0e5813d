namespace McpHub.Protocol;

/// <summary>The shape of a JSON-RPC message.</summary>
internal enum EnvelopeKind : byte
{
    /// <summary>None of the others.</summary>
    Invalid,

    Request,

    Notification,

    /// <summary>A result or an error.</summary>
    Response,

    /// <summary>A JSON array: a JSON-RPC batch, which only 2025-03-26 has.</summary>
    Batch,
}
