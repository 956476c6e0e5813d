namespace McpHub.Protocol;

/// <summary>
/// The codes of errors by name: those of peers that the gateway goes by, and those that it answers servers with. What clients are sent
/// stands in the table of <see cref="Failures"/>.
/// </summary>
internal static class McpErrorCodes
{
    /// <summary>The receiver doesn't have the method (JSON-RPC 2.0).</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The parameters are no good, or name what is not there (JSON-RPC 2.0).</summary>
    public const int InvalidParams = -32602;

    /// <summary>The receiver failed at it (JSON-RPC 2.0).</summary>
    public const int InternalError = -32603;

    /// <summary>What the HTTP headers say is not what the body says (2026-07-28, SEP-2243).</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>The client has not declared what the request needs (2026-07-28).</summary>
    public const int MissingClientCapability = -32021;

    /// <summary>The receiver doesn't speak the revision; <c>data.supported</c> lists those that it speaks (2026-07-28).</summary>
    public const int UnsupportedProtocolVersion = -32022;

    /// <summary>There is no such resource; until 2025-11-25, then <see cref="InvalidParams"/>.</summary>
    public const int LegacyResourceNotFound = -32002;

    /// <summary>The user has to open a page first (2025-11-25).</summary>
    public const int UrlElicitationRequired = -32042;
}
