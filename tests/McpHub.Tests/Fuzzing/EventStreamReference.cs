using System.Text;

namespace McpHub.Tests.Fuzzing;

/// <summary>Server-sent events by the letter of the standard (WHATWG HTML, "Interpreting an event stream"), all at once.</summary>
/// <remarks>But for one letter: the framework's parser, which we use, keeps the type of an event without data for the next event.</remarks>
internal static class EventStreamReference
{
    /// <summary>The events of a whole stream: each one's type, and its data in hexadecimal digits.</summary>
    public static List<(string Type, string Data)> Read(byte[] stream)
    {
        // One character a byte, so that bytes that are no UTF-8 stay as they are.
        var text = Encoding.Latin1.GetString(stream);
        text = text.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal) ? text[3..] : text;
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        var events = new List<(string, string)>();
        var type = "";
        List<string> data = [];

        // What stands behind the last line break is no line.
        foreach (var line in lines[..^1])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            if (line.Length == 0)
            {
                if (data.Count > 0)
                {
                    var name = type.Length == 0 ? "message" : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(type));
                    events.Add((name, Convert.ToHexString(Encoding.Latin1.GetBytes(string.Join('\n', data)))));
                    type = "";
                    data = [];
                }
            }
            else if (field == "data")
            {
                data.Add(value);
            }
            else if (field == "event")
            {
                type = value;
            }
        }

        return events;
    }
}
