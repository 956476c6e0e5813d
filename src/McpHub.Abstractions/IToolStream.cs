namespace McpHub;

/// <summary>
/// Where a native tool gives its result in parts: a parameter of its method, which is no argument of the tool. Good for the one call that
/// it was given to. A call is written to by one thread at a time.
/// </summary>
public interface IToolStream
{
    /// <summary>Whether anybody sees the parts before the whole result: a caller that asked for progress, or a stream.</summary>
    bool HasReader { get; }

    /// <summary>Gives a part. Waits while the reader is behind, so that nothing is dropped and nothing piles up.</summary>
    /// <param name="text">The part. The whole result is all of them, one after the other.</param>
    /// <param name="cancellationToken">Ends the waiting; the end of the call does too.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled; where a stream keeps the parts, also because nobody reads it.</exception>
    /// <exception cref="InvalidOperationException">The call has ended.</exception>
    /// <exception cref="Exception">
    /// An <c>McpException</c>: a caller that asked for progress has taken none for <c>gateway.streams.idleTimeout</c>, or the whole result has
    /// become too long (<c>gateway.streams.maxBytes</c>, <c>maxTotalBytes</c>). Let it end the call.
    /// </exception>
    ValueTask WriteAsync(string text, CancellationToken cancellationToken = default);

    /// <summary>Gives a structured part. The whole result is an array of them.</summary>
    /// <typeparam name="T">Its type, which is serialized as JSON.</typeparam>
    /// <param name="part">The part.</param>
    /// <param name="cancellationToken">Ends the waiting; the end of the call does too.</param>
    /// <inheritdoc cref="WriteAsync(string, CancellationToken)" path="/exception"/>
    ValueTask WriteAsync<T>(T part, CancellationToken cancellationToken = default)
        where T : notnull;
}
