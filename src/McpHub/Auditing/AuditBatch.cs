namespace McpHub.Auditing;

/// <summary>The lines that are written together. Used again and again; guarded by its queue.</summary>
internal sealed class AuditBatch
{
    // What a full queue of usual lines needs. One that was filled with large arguments is not kept.
    private const int LargestKept = 8 * 1024 * 1024;

    private byte[] _bytes = new byte[16 * 1024];
    private TaskCompletionSource? _written;
    private TaskCompletionSource? _hurried;

    public int Length { get; private set; }

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are of credentials that were found good.</summary>
    public int SignIns { get; private set; }

    /// <summary>How many of them are of credentials that were refused.</summary>
    public int Refusals { get; private set; }

    public ReadOnlySpan<byte> Lines => _bytes.AsSpan(0, Length);

    public void Add(ReadOnlySpan<byte> line, AuditRoom room)
    {
        if (_bytes.Length - Length < line.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + line.Length));
        }

        line.CopyTo(_bytes.AsSpan(Length));
        Length += line.Length;
        Count++;
        SignIns += room == AuditRoom.SignIns ? 1 : 0;
        Refusals += room == AuditRoom.Refusals ? 1 : 0;
    }

    public Task Written() => (_written ??= New()).Task;

    public Task Hurried() => (_hurried ??= New()).Task;

    public void Hurry() => _hurried?.TrySetResult();

    /// <summary>Tells whoever waits, and makes it empty.</summary>
    public void Complete(bool isWritten)
    {
        if (isWritten)
        {
            _written?.SetResult();
        }
        else
        {
            _written?.SetCanceled();
        }

        _hurried?.TrySetResult();
        (_written, _hurried, Length, Count, SignIns, Refusals) = (null, null, 0, 0, 0, 0);
        if (_bytes.Length > LargestKept)
        {
            _bytes = new byte[16 * 1024];
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
