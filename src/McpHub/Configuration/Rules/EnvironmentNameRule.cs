using McpHub.Configuration.Reading;

namespace McpHub.Configuration.Rules;

/// <summary>Names of environment variables: what the operating systems take.</summary>
internal static class EnvironmentNameRule
{
    public static Problem? Check(string name)
    {
        if (name.Length == 0)
        {
            return new Problem("the name of the variable is empty", "Give the variable a name.");
        }

        return name.AsSpan().ContainsAny('=', '\0')
            ? new Problem("the name of the variable holds = or NUL", "Keep the name on the left of the colon and the value on its right.")
            : null;
    }
}
