using System.Text.Json;
using McpHub.ConformanceServer.Tasks;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Tools whose work goes on in a task where the client can take one, and beside them one that never makes a task.</summary>
internal static class TaskTools
{
    private const string NameSchema =
        """{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}""";

    private const string ComputeSchema = """
        {
          "type": "object",
          "properties": { "seconds": { "type": "number" }, "label": { "type": "string" } },
          "required": ["seconds"],
          "additionalProperties": false
        }
        """;

    private const string FileSchema =
        """{"type":"object","properties":{"filename":{"type":"string"}},"required":["filename"],"additionalProperties":false}""";

    private static readonly TimeSpan JobTime = TimeSpan.FromSeconds(1);

    private delegate Task<CallToolResult> Work(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken);

    public static FixtureTool[] All(TaskStore store) =>
    [
        new("greet", "Greets at once, never in a task.",
            (request, _) => ValueTask.FromResult(ToolOutput.Text($"Hello, {Text(request.Params.Arguments, "name")}!")), NameSchema),
        Tool(store, "slow_compute", "Takes as many seconds as it is told to.", ComputeAsync, schema: ComputeSchema),
        Tool(store, "failing_job", "Fails after a second, with a result that says so. Works in a task only.", FailAsync, required: true),
        Tool(store, "protocol_error_job", "Ends in a protocol error.", BreakAsync),
        Tool(store, "confirm_delete", "Asks before it claims to have deleted a file.", DeleteAsync, schema: FileSchema),
        Tool(store, "multi_input", "Asks for two things at once.", AskTwiceAsync),
        new("test_tool_with_task", "Asks for a name before it goes on in a task. Works in a task only.",
            FixtureTool.NoArguments, AskThenStart(store)),
    ];

    private static FixtureTool Tool(
        TaskStore store, string name, string description, Work work, bool required = false, string schema = FixtureTool.NoArguments) =>
        new(name, description, schema, async (request, cancellationToken) =>
        {
            var arguments = request.Params.Arguments;
            if (TasksExtension.IsDeclared(request.JsonRpcRequest))
            {
                return Created(store.Start((ask, cancelled) => work(arguments, ask, cancelled)));
            }

            return required
                ? throw NeedsTasks(request)
                : await work(arguments, questions => Task.FromResult(AnswersIn(request, questions)), cancellationToken);
        });

    private static McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> AskThenStart(TaskStore store) =>
        (request, _) =>
        {
            if (!TasksExtension.IsDeclared(request.JsonRpcRequest))
            {
                throw NeedsTasks(request);
            }

            if (!ClientInput.TryGetText(request.Params.InputResponses, "user_name", "name", out var name))
            {
                throw ClientInput.Ask(request, new Dictionary<string, InputRequest>
                {
                    ["user_name"] = ClientInput.Question("What is your name?", "name", "string"),
                });
            }

            return ValueTask.FromResult(Created(store.Start((_, _) => Task.FromResult(ToolOutput.Text($"Hello, {name}!")))));
        };

    private static async Task<CallToolResult> ComputeAsync(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken)
    {
        var seconds = arguments?.TryGetValue("seconds", out var given) is true && given.TryGetDouble(out var number)
            ? Math.Clamp(number, 0, 300)
            : 0;
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        return ToolOutput.Text($"Computed {Text(arguments, "label")} in {seconds} seconds.");
    }

    private static async Task<CallToolResult> FailAsync(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken)
    {
        await Task.Delay(JobTime, cancellationToken);
        return ToolOutput.Error("The job failed, as it always does.");
    }

    private static Task<CallToolResult> BreakAsync(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken) =>
        throw new McpProtocolException("The job broke, as it always does.", McpErrorCode.InternalError);

    private static async Task<CallToolResult> DeleteAsync(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken)
    {
        var file = Text(arguments, "filename");
        var answers = await ask(new Dictionary<string, InputRequest>
        {
            ["confirm"] = ClientInput.Question($"Delete {file}?", "confirm", "boolean"),
        });
        var confirmed = answers["confirm"].TryGetProperty("content", out var content)
            && content.TryGetProperty("confirm", out var confirm)
            && confirm.ValueKind is JsonValueKind.True;
        return ToolOutput.Text(confirmed ? $"Deleted {file}." : $"Kept {file}.");
    }

    private static async Task<CallToolResult> AskTwiceAsync(
        IDictionary<string, JsonElement>? arguments, TaskInput ask, CancellationToken cancellationToken)
    {
        var answers = await ask(new Dictionary<string, InputRequest>
        {
            ["first"] = ClientInput.Question("What is your name?", "name", "string"),
            ["second"] = ClientInput.Question("Go on?", "confirm", "boolean"),
        });
        return ToolOutput.Text($"Answers: {answers["first"].GetRawText()} and {answers["second"].GetRawText()}");
    }

    /// <summary>The answers that came with the call itself, for a client that gets no task.</summary>
    private static Dictionary<string, JsonElement> AnswersIn(
        RequestContext<CallToolRequestParams> request, IDictionary<string, InputRequest> questions)
    {
        var answers = new Dictionary<string, JsonElement>();
        foreach (var key in questions.Keys)
        {
            answers[key] = ClientInput.TryGetAnswer(request.Params.InputResponses, key, out var answer)
                ? answer
                : throw ClientInput.Ask(request, questions);
        }

        return answers;
    }

    private static ResultOrAlternate<CallToolResult> Created(FixtureTask task) =>
        ResultOrAlternate<CallToolResult>.FromAlternate(CreateTaskResult.Of(task), CreateTaskResult.TypeInfo);

    private static Exception NeedsTasks(RequestContext<CallToolRequestParams> request) =>
        Revisions.IsModern(request) ? TasksExtension.NotDeclared() : new McpException("The tool works in a task only.");

    private static string Text(IDictionary<string, JsonElement>? arguments, string name) =>
        arguments?.TryGetValue(name, out var value) is true ? value.ToString() : "";
}
