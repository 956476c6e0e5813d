using McpHub.Configuration;

namespace McpHub.NativeTools;

/// <summary>
/// Native tools that are registered together, and are there together. They are made when a configuration first offers them: reading methods
/// and writing their schemas takes longer than most of what a start has to do. Thread-safe.
/// </summary>
/// <param name="create">Makes the tools; called once at most.</param>
internal sealed class NativeToolSet(Func<IReadOnlyList<NativeTool>> create)
{
    private readonly Lazy<IReadOnlyList<NativeTool>> _tools = new(create);

    /// <summary>The tools, in the order in which they are listed.</summary>
    public IReadOnlyList<NativeTool> Tools => _tools.Value;

    /// <summary>Whether they are the gateway's own, which the configuration can switch off.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>Whether their own part of a configuration asks for them; <see langword="null"/> for those that have none.</summary>
    public Func<GatewayConfig, bool>? IsOffered { get; init; }

    /// <summary>Whether they are there under a configuration.</summary>
    public bool IsServed(GatewayConfig gateway) => (gateway.BuiltInTools || !IsBuiltIn) && IsOffered?.Invoke(gateway) != false;
}
