using McpHub.Bridging.Inputs;

namespace McpHub.Catalog;

/// <summary>
/// The capabilities of a client by which a server may choose what it lists. The lower six are those of <see cref="InputKinds"/>. A client
/// can't declare what isn't here in a way that a server learns of.
/// </summary>
[Flags]
internal enum ClientFeatures : ushort
{
    None = 0,
    Roots = InputKinds.Roots,
    Sampling = InputKinds.Sampling,
    SamplingTools = InputKinds.SamplingTools,
    SamplingContext = InputKinds.SamplingContext,
    FormElicitation = InputKinds.FormElicitation,
    UrlElicitation = InputKinds.UrlElicitation,
    Inputs = Roots | Sampling | SamplingTools | SamplingContext | FormElicitation | UrlElicitation,

    /// <summary>The extension <c>io.modelcontextprotocol/ui</c> (MCP Apps).</summary>
    Apps = 64,

    /// <summary>The same with <c>text/html;profile=mcp-app</c> among its <c>mimeTypes</c>: what servers of it ask for.</summary>
    HtmlApps = 128,

    /// <summary>The extension <c>io.modelcontextprotocol/tasks</c>, which only clients of 2026-07-28 have.</summary>
    Tasks = 256,
    All = Inputs | Apps | HtmlApps | Tasks,
}
