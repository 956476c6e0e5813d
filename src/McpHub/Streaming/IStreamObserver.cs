namespace McpHub.Streaming;

/// <summary>Hears what happens to a stream's parts. Called under the lock of the buffer: it must neither wait nor ask back.</summary>
internal interface IStreamObserver
{
    /// <summary>The producer has given a part.</summary>
    /// <param name="bytes">The length of the part.</param>
    void OnPart(int bytes);

    /// <summary>The producer has to wait for the reader.</summary>
    void OnPaused();

    /// <summary>The reader has come far enough for the producer to go on.</summary>
    void OnResumed();

    /// <summary>The stream holds nine tenths of the most that it may.</summary>
    /// <param name="held">What it holds, in bytes.</param>
    void OnFilling(long held);

    /// <summary>All streams together have taken nine tenths of the most that they may.</summary>
    void OnAllFilling();
}
