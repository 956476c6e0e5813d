using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;

namespace McpHub.LoadTests.Cases;

/// <summary>Says the few things one after the other that precede load over pipes.</summary>
internal static class StdioClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Opens the session of a legacy client.</summary>
    public static void Initialize(ChildProcess process)
    {
        Call(process, McpRequests.Initialize, "\"serverInfo\""u8);
        Send(process, McpRequests.Initialized);
    }

    /// <summary>Calls once, and fails unless the answer is right.</summary>
    public static void Call(ChildProcess process, LoadRequest request) => Call(process, request.Body, request.Mark);

    private static void Call(ChildProcess process, ReadOnlySpan<byte> message, ReadOnlySpan<byte> mark)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var killing = deadline.Token.Register(process.Kill);
        Send(process, message);
        var line = ReadAnswer(process);
        if (line.AsSpan().IndexOf(mark) < 0)
            throw new InvalidDataException($"'{process}' answered {Encoding.UTF8.GetString(line)}");
    }

    private static void Send(ChildProcess process, ReadOnlySpan<byte> message)
    {
        process.Input.Write([.. message, (byte)'\n']);
        process.Input.Flush();
    }

    // Reads the next line that has an id; nothing else is in flight, so that no byte follows it but those of notifications.
    private static byte[] ReadAnswer(ChildProcess process)
    {
        var line = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = process.Output.Read(buffer);
            if (read == 0)
                throw new InvalidDataException($"'{process}' ended.{Environment.NewLine}{process.LastOutput}");
            line.AddRange(buffer.AsSpan(0, read));
            if (line[^1] == '\n' && System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line).IndexOf("\"id\":"u8) >= 0)
                return [.. line];
        }
    }
}
