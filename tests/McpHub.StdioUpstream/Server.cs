using System.Diagnostics;
using System.Text.Json;

namespace McpHub.StdioUpstream;

/// <summary>
/// Answers MCP well, except where it was told not to: by <c>--mode</c> for what concerns the whole process, by the name of the tool
/// for what concerns one call.
/// </summary>
internal sealed class Server(string mode, string? revision, string? runs, Wire wire)
{
    private const string Modern = "2026-07-28";

    private static readonly string[] Tools =
    [
        "echo", "hang", "crash", "garbage", "twice", "wrong_id", "huge", "close_output", "flood", "ask", "stderr", "bad_result", "null_error", "slow",
        "interview", "count", "pour",
    ];

    // Those that a gateway may call once more when it doesn't know whether they have run.
    private static readonly (string Name, string Hint)[] RepeatableTools = [("count_read", "readOnlyHint"), ("count_idempotent", "idempotentHint")];

    private readonly bool _isModern = mode == "modern";
    private readonly Interviews _interviews = new(wire);
    private JsonElement? _asking;

    public void Run()
    {
        if (mode == "grandchild")
        {
            using var child = Process.Start(Environment.ProcessPath!, [.. OwnProgram(), "--mode", "grandchild-itself"]);
            wire.Note($"grandchild {child.Id}");
        }

        if (mode == "silent")
        {
            Thread.Sleep(Timeout.Infinite);
        }

        var isInitialized = false;
        while (wire.ReadLine() is { } line)
        {
            if (line.Trim().Length == 0)
            {
                continue;
            }

            using var document = JsonDocument.Parse(line);
            var message = document.RootElement;
            var method = message.TryGetProperty("method", out var name) ? name.GetString() : null;
            isInitialized |= method == "initialize";
            if (!isInitialized && mode == "exit-at-probe")
            {
                Environment.Exit(7);
            }

            Take(message, method);
        }

        if (mode == "ignore-eof")
        {
            wire.Note("eof");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static string[] OwnProgram() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Server).Assembly.Location] : [];

    private void Take(JsonElement message, string? method)
    {
        if (!message.TryGetProperty("id", out var id))
        {
            if (mode == "asks-roots" && method == "notifications/initialized")
            {
                wire.WriteLine("""{"jsonrpc":"2.0","id":"roots","method":"roots/list"}""");
            }

            return;
        }

        switch (method)
        {
            case null when _interviews.TryTake(message):
                break;
            case null:
                AnswerAsking(message);
                break;
            case "initialize" when !_isModern:
                var asked = message.GetProperty("params").GetProperty("protocolVersion").GetString();
                Result(id, $$$"""{"protocolVersion":"{{{revision ?? asked}}}","capabilities":{"tools":{"listChanged":true},"logging":{}},"serverInfo":{"name":"stdio","version":"1"}}""");
                break;
            case "server/discover" when _isModern:
                Result(id, $$$$"""{"resultType":"complete","supportedVersions":["{{{{Modern}}}}"],"capabilities":{"tools":{}},"ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"stdio","version":"1"}}}""");
                break;
            case "server/discover" when mode == "silent-probe":
                break;
            case "tools/list":
                var tools = string.Join(',', Tools.Select(t => $$$"""{"name":"{{{t}}}","inputSchema":{"type":"object"}}""")
                    .Concat(RepeatableTools.Select(t => $$$$"""{"name":"{{{{t.Name}}}}","inputSchema":{"type":"object"},"annotations":{"{{{{t.Hint}}}}":true}}""")));
                Result(id, _isModern
                    ? $$$"""{"resultType":"complete","tools":[{{{tools}}}],"ttlMs":0,"cacheScope":"private"}"""
                    : $$$"""{"tools":[{{{tools}}}]}""");
                break;
            case "tools/call":
                Call(id, message.GetProperty("params"));
                break;
            case "ping" when !_isModern:
            case "logging/setLevel" when !_isModern:
                Result(id, "{}");
                break;
            default:
                wire.WriteLine($$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"error":{"code":-32601,"message":"Method not found"}}""");
                break;
        }
    }

    private void Call(JsonElement id, JsonElement parameters)
    {
        switch (parameters.GetProperty("name").GetString())
        {
            case "hang":
                return;
            case "crash":
                wire.Write("{\"jsonrpc\":\"2.0\",\"id\":");
                Console.Error.WriteLine("out of cheese");
                Environment.Exit(3);
                return;
            case "garbage":
                wire.WriteLine("Listening on port 3000...");
                wire.WriteLine("{\"jsonrpc\":");
                wire.WriteLine("[1,2,3]");
                wire.WriteLine("\u0000\u0001\ufffd");
                wire.WriteLine("{}");
                break;
            case "twice":
                Echo(id, parameters);
                break;
            case "wrong_id":
                wire.WriteLine("""{"jsonrpc":"2.0","id":999999999,"result":{"content":[]}}""");
                wire.WriteLine("""{"jsonrpc":"2.0","id":"1","result":{"content":[]}}""");
                wire.WriteLine("""{"jsonrpc":"2.0","id":null,"result":{"content":[]}}""");
                break;
            case "huge":
                WriteHuge(id, parameters.GetProperty("arguments").GetProperty("bytes").GetInt32());
                return;
            case "close_output":
                Wire.CloseOutput();
                Thread.Sleep(Timeout.Infinite);
                return;
            case "flood":
                Flood(parameters.GetProperty("arguments").GetProperty("count").GetInt32());
                break;
            case "pour":
                Pour(parameters.GetProperty("_meta").GetProperty("progressToken").GetRawText(), parameters.GetProperty("arguments"));
                break;
            case "ask":
                _asking = JsonElement.Parse(parameters.GetRawText().Insert(1, $"\"id\":{id.GetRawText()},"));
                wire.WriteLine("""{"jsonrpc":"2.0","id":"s-1","method":"sampling/createMessage","params":{"messages":[],"maxTokens":1}}""");
                wire.WriteLine("""{"jsonrpc":"2.0","id":77,"method":"ping"}""");
                return;
            case "interview":
                _interviews.Begin(id, parameters);
                return;
            case "count" or "count_read" or "count_idempotent":
                CountRun(parameters.GetProperty("arguments").GetProperty("tag").GetString()!);
                break;
            case "stderr":
                WriteErrors();
                break;
            case "bad_result":
                wire.WriteLine($$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"result":"done"}""");
                return;
            case "null_error":
                wire.WriteLine($$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"result":{"content":[{"type":"text","text":"fine"}]},"error":null}""");
                return;
            default:
                break;
        }

        Echo(id, parameters);
    }

    /// <summary>Writes down that the call has run, and takes its time over it.</summary>
    private void CountRun(string tag)
    {
        // A file for each process: they write at the same time, and are killed in the middle of it.
        File.AppendAllText(Path.Combine(runs!, $"{Environment.ProcessId}.runs"), tag + "\n");
        Thread.Sleep(2);
    }

    /// <summary>The call goes on when both the refusal and the pong have come.</summary>
    private void AnswerAsking(JsonElement message)
    {
        wire.Note("answer " + message.GetRawText());
        if (_asking is { } asking && message.GetProperty("id").ValueKind == JsonValueKind.Number)
        {
            _asking = null;
            Echo(asking.GetProperty("id"), asking);
        }
    }

    private void Echo(JsonElement id, JsonElement parameters)
    {
        var arguments = parameters.TryGetProperty("arguments", out var given) ? given.GetRawText() : "";
        var text = JsonEncodedText.Encode(arguments, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        var type = _isModern ? "\"resultType\":\"complete\"," : "";
        Result(id, "{" + type + "\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}");
    }

    private void WriteHuge(JsonElement id, int bytes)
    {
        wire.Write($$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"result":{"content":[{"type":"text","text":""" + "\"");
        var piece = new string('x', 64 * 1024);
        for (var written = 0; written < bytes; written += piece.Length)
        {
            wire.Write(piece);
        }

        wire.WriteLine("\"}]}}");
    }

    private void Flood(int count)
    {
        var changed = """{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"debug","data":"flood"}}""" + "\n";
        var piece = string.Concat(Enumerable.Repeat(changed, 100));
        for (var sent = 0; sent < count; sent += 100)
        {
            wire.Write(piece);
        }
    }

    /// <summary>Tells of progress without looking whether anybody reads.</summary>
    private void Pour(string token, JsonElement arguments)
    {
        var text = new string('x', arguments.GetProperty("size").GetInt32());
        for (var i = 1; i <= arguments.GetProperty("parts").GetInt32(); i++)
        {
            wire.WriteLine($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{i}}},"message":"{{{text}}}"}}""");
        }
    }

    private static void WriteErrors()
    {
        Console.Error.WriteLine(new string('e', 100_000));
        for (var i = 0; i < 2000; i++)
        {
            Console.Error.WriteLine($"line {i} of many that nobody needs");
        }
    }

    private void Result(JsonElement id, string result) =>
        wire.WriteLine($$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"result":{{{result}}}}""");
}
