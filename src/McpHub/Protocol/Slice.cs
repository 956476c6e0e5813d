namespace McpHub.Protocol;

/// <summary>Where a piece of a message lies in its bytes; <see langword="default"/> when the message doesn't have it.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public bool IsPresent => Length != 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);

    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> message) => message.Slice(Start, Length);
}
