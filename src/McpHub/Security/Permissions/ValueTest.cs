namespace McpHub.Security.Permissions;

/// <summary>A test of one JSON value.</summary>
internal abstract class ValueTest
{
    /// <param name="json">The value, which is valid JSON.</param>
    public abstract FoundValues Test(ReadOnlySpan<byte> json);
}
