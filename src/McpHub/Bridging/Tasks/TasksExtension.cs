using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Tasks;

/// <summary>The extension <c>io.modelcontextprotocol/tasks</c>: what it is called, and which client has it.</summary>
internal static class TasksExtension
{
    public static ReadOnlySpan<byte> Id => "io.modelcontextprotocol/tasks"u8;

    /// <summary>
    /// Whether the client of this very request takes tasks. The tasks of 2025-11-25 are something else, and a capability of its own:
    /// a legacy client never has the extension.
    /// </summary>
    public static bool IsDeclared(McpContext context) =>
        context.Revision.IsModern() && IsDeclaredIn(context.Slice(context.Envelope.ClientCapabilities));

    public static Failure NotDeclared { get; } = new(
        FailureKind.MissingClientCapability,
        "The request needs the extension io.modelcontextprotocol/tasks, which the client did not declare with it.",
        "{\"requiredCapabilities\":{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}}"u8.ToArray());

    /// <summary>One answer for all that is not the caller's own: nobody learns which ids there are.</summary>
    public static Failure NoSuchTask { get; } = new(FailureKind.InvalidParams, "Invalid params: there is no such task, or it has expired.");

    /// <summary>Whether capabilities, a client's or a server's, name the extension.</summary>
    public static bool IsDeclaredIn(ReadOnlySpan<byte> capabilities) =>

        // Nearly nobody has it: don't walk what cannot contain it. An escaped name is not worth a walk either.
        capabilities.IndexOf(Id) >= 0
        && JsonMembers.TryGet(capabilities, "extensions"u8, out var extensions)
        && JsonMembers.TryGet(extensions, Id, out var settings) && settings[0] == (byte)'{';
}
