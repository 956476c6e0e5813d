namespace McpHub.Batching;

/// <summary>The calls of one batch: made as its caller, through all that every call goes through.</summary>
internal interface IItemCalls
{
    /// <summary>What the caller's tool of this name is; <see langword="null"/> if there is none for this caller.</summary>
    ToolTraits? Find(string tool);

    /// <summary>Whether the result is known already, so that nobody is asked for it.</summary>
    bool IsKept(BatchItem item);

    /// <summary>Makes the call. Throws nothing but <see cref="OperationCanceledException"/>.</summary>
    /// <param name="item">What is called.</param>
    /// <param name="seat">The item's part of a call that is made for several; <see langword="null"/> for a call of its own.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<(ItemOutcome Outcome, LatencySample Sample)> CallAsync(BatchItem item, BulkSeat? seat, CancellationToken cancellationToken);
}
