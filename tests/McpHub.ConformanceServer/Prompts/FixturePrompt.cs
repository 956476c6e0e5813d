using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Prompts;

/// <summary>One prompt of the fixture: what a list shows of it, and the messages it makes.</summary>
internal sealed record FixturePrompt(Prompt Definition, Func<RequestContext<GetPromptRequestParams>, PromptMessage[]> CreateMessages);
