namespace McpHub.Batching;

/// <summary>Makes the one call for several.</summary>
/// <param name="arguments">Its arguments.</param>
/// <param name="cancellationToken">Cancelled when nobody waits for it any more.</param>
/// <returns>Its result, in the form of the server; or why there is none.</returns>
internal delegate Task<BulkAnswer> BulkSend(ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken);
