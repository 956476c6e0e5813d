using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Prompts;

/// <summary>Every prompt of the fixture, in a fixed order, and the completion of their arguments.</summary>
internal static class PromptCatalog
{
    private static readonly FixturePrompt[] Prompts =
    [
        new(Define("test_simple_prompt", "One fixed message."),
            _ => [Say("This is a simple prompt for testing.")]),
        new(Define("test_prompt_with_arguments", "Repeats its two arguments.", "arg1", "arg2"),
            request => [Say($"Prompt with arguments: arg1='{Argument(request, "arg1")}', arg2='{Argument(request, "arg2")}'")]),
        new(Define("test_prompt_with_embedded_resource", "Embeds the resource it is given.", "resourceUri"),
            request => [Embed(Argument(request, "resourceUri")), Say("Please process the embedded resource above.")]),
        new(Define("test_prompt_with_image", "Shows an image."),
            _ => [Say(ImageContentBlock.FromBytes(SampleMedia.Png, "image/png")), Say("Please analyze the image above.")]),
        new(Define("test_input_required_result_prompt", "Asks the user for a context first."), AskForContext),
    ];

    public static ValueTask<ListPromptsResult> ListAsync(
        RequestContext<ListPromptsRequestParams> request, CancellationToken cancellationToken)
    {
        var result = new ListPromptsResult { Prompts = [.. Prompts.Select(prompt => prompt.Definition)] };
        return ValueTask.FromResult(result.WithCacheHint(request));
    }

    /// <exception cref="McpProtocolException">There is no prompt of that name, or a required argument is missing.</exception>
    public static ValueTask<GetPromptResult> GetAsync(
        RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        var prompt = Array.Find(Prompts, prompt => prompt.Definition.Name == request.Params.Name)
            ?? throw new McpProtocolException($"Unknown prompt '{request.Params.Name}'.", McpErrorCode.InvalidParams);
        return ValueTask.FromResult(new GetPromptResult
        {
            Description = prompt.Definition.Description,
            Messages = [.. prompt.CreateMessages(request)],
        });
    }

    /// <summary>Completes any argument to two made-up values that start with what was typed.</summary>
    public static ValueTask<CompleteResult> CompleteAsync(
        RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        var typed = request.Params.Argument.Value;
        return ValueTask.FromResult(new CompleteResult
        {
            Completion = new Completion { Values = [$"{typed}-one", $"{typed}-two"], Total = 2, HasMore = false },
        });
    }

    private static PromptMessage[] AskForContext(RequestContext<GetPromptRequestParams> request) =>
        ClientInput.TryGetText(request.Params.InputResponses, "user_context", "context", out var context)
            ? [Say($"Use this context: {context}")]
            : throw ClientInput.Ask(request, new Dictionary<string, InputRequest>
            {
                ["user_context"] = ClientInput.Question("What context should the prompt use?", "context", "string"),
            });

    private static Prompt Define(string name, string description, params string[] arguments) => new()
    {
        Name = name,
        Description = description,
        Arguments = [.. arguments.Select(argument => new PromptArgument { Name = argument, Description = "Any text.", Required = true })],
    };

    private static PromptMessage Say(string text) => Say(new TextContentBlock { Text = text });

    private static PromptMessage Say(ContentBlock content) => new() { Role = Role.User, Content = content };

    private static PromptMessage Embed(string uri) => Say(new EmbeddedResourceBlock
    {
        Resource = new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "Embedded resource content for testing." },
    });

    private static string Argument(RequestContext<GetPromptRequestParams> request, string name) =>
        request.Params.Arguments?.TryGetValue(name, out var value) is true
            ? value.ToString()
            : throw new McpProtocolException($"The argument '{name}' is missing.", McpErrorCode.InvalidParams);
}
