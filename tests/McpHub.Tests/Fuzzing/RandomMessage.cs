using System.Text;

namespace McpHub.Tests.Fuzzing;

/// <summary>Messages by the grammar of JSON, of the members that the gateway looks for and of others, in any order and any number.</summary>
internal sealed class RandomMessage(Random random)
{
    private static readonly string[] TopNames = ["jsonrpc", "id", "method", "params", "result", "error", "x"];
    private static readonly string[] ParamNames = ["name", "uri", "arguments", "cursor", "_meta", "inputResponses", "requestState", "other"];
    private static readonly string[] ResultNames = ["resultType", "isError", "content", "_meta"];
    private static readonly string[] MetaNames =
    [
        "progressToken", "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/logLevel", "io.modelcontextprotocol/clientInfo", "traceparent", "tracestate",
    ];

    private static readonly string[] Texts = ["", "a", "tools/call", "ping", "notifications/progress", "2.0", "ä😀", "complete", "\\", "\"", "/", "\n"];
    private static readonly string[] Numbers = ["0", "-0", "7", "-12", "1.5", "1e5", "-0.0E-2", "123456789012345678901234567890", "0.0", "1E+3"];
    private static readonly string[] Spaces = [" ", "\n", "\r\n", "\t", "    "];

    private readonly StringBuilder _json = new();

    public byte[] Make()
    {
        Space();
        if (random.Next(10) == 0)
        {
            Value(4);
        }
        else
        {
            Object(TopNames, Top, 7);
        }

        Space();
        return Encoding.UTF8.GetBytes(_json.ToString());
    }

    private void Top(string name)
    {
        if (name == "params" && Usually())
        {
            Object(ParamNames, Param, 6);
        }
        else if (name == "result" && Usually())
        {
            Object(ResultNames, _ => Value(3), 4);
        }
        else if (name == "jsonrpc" && Usually())
        {
            Text("2.0");
        }
        else
        {
            Value(3);
        }
    }

    private void Param(string name)
    {
        if (name == "_meta" && Usually())
        {
            Object(MetaNames, _ => Value(2), 6);
        }
        else
        {
            Value(3);
        }
    }

    private void Object(string[] names, Action<string> value, int most)
    {
        // Each name once in most objects, so that many messages are right.
        var mixed = names.ToArray();
        random.Shuffle(mixed);
        var count = Math.Min(random.Next(most + 1), mixed.Length);
        _json.Append('{');
        for (var i = 0; i < count; i++)
        {
            var name = random.Next(40) == 0 ? mixed[0] : mixed[i];
            Separate(i);
            Text(name);
            Space();
            _json.Append(':');
            Space();
            value(name);
        }

        Space();
        _json.Append('}');
    }

    private void Value(int depth)
    {
        switch (random.Next(depth > 0 ? 8 : 6))
        {
            case 0:
                _json.Append(Numbers[random.Next(Numbers.Length)]);
                break;
            case 1:
                _json.Append(random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" });
                break;
            case 6:
                Object(["a", "b", "id", "name"], _ => Value(depth - 1), 4);
                break;
            case 7:
                _json.Append('[');
                for (int i = 0, count = random.Next(4); i < count; i++)
                {
                    Separate(i);
                    Value(depth - 1);
                }

                Space();
                _json.Append(']');
                break;
            default:
                Text(random.Next(8) == 0 ? new string('x', random.Next(200)) : Texts[random.Next(Texts.Length)]);
                break;
        }
    }

    private void Text(string text)
    {
        var escapes = random.Next(12) == 0;
        _json.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\' or < ' ' || (escapes && random.Next(3) == 0))
            {
                _json.Append(c is '"' or '\\' or '/' && random.Next(2) == 0
                    ? $"\\{c}"
                    : random.Next(2) == 0 ? $"\\u{(int)c:x4}" : $"\\u{(int)c:X4}");
            }
            else
            {
                _json.Append(c);
            }
        }

        _json.Append(random.Next(60) == 0 ? "\\ud83d\"" : "\"");
    }

    private void Separate(int index)
    {
        Space();
        if (index > 0)
        {
            _json.Append(',');
            Space();
        }
    }

    private void Space()
    {
        if (random.Next(12) == 0)
        {
            _json.Append(Spaces[random.Next(Spaces.Length)]);
        }
    }

    private bool Usually() => random.Next(8) != 0;
}
