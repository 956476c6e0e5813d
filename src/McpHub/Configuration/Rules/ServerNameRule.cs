using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Names of servers: 1 to 64 printable characters.</summary>
internal static class ServerNameRule
{
    public static Problem? Check(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return new Problem("the name of the server is empty", "Give the server a name.");
        }

        if (name.EnumerateRunes().Count() > ServerName.MaxLength)
        {
            return new Problem($"the name of the server is longer than {ServerName.MaxLength} characters", "Shorten it.");
        }

        return name.EnumerateRunes().All(ServerName.IsPrintable)
            ? null
            : new Problem("the name of the server holds a character that cannot be printed", "Remove that character.");
    }
}
