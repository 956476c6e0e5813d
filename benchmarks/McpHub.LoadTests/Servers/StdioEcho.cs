namespace McpHub.LoadTests.Servers;

/// <summary>What two pipes and a second process cost by themselves: writes back what it reads.</summary>
internal static class StdioEcho
{
    public static void Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        var buffer = new byte[64 * 1024];
        while (input.Read(buffer) is > 0 and var read)
            output.Write(buffer.AsSpan(0, read));
    }
}
