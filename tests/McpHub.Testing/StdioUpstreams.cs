using McpHub.Configuration;

namespace McpHub.Testing;

/// <summary>Configurations of servers in child processes, which misbehave as they are told.</summary>
internal static class StdioUpstreams
{
    public static UpstreamConfig Config(string name, string mode, string? record = null, string? revision = null, string? runs = null) => new()
    {
        Name = name,
        Transport = new StdioTransportConfig
        {
            Command = Path.Combine(AppContext.BaseDirectory, "McpHub.StdioUpstream"),
            Args = ["--mode", mode, .. Option("--record", record), .. Option("--revision", revision), .. Option("--runs", runs)],
        },
    };

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];

    /// <summary>The lines that the server has received, process by process; it may be writing them.</summary>
    public static string[] ReadRecord(string path) => [.. FilesOf(path).SelectMany(ReadLines)];

    /// <summary>Deletes what the server's processes have written, and the file that only gives it its name.</summary>
    public static void DeleteRecord(string path)
    {
        File.Delete(path);
        Array.ForEach(FilesOf(path), File.Delete);
    }

    private static string[] FilesOf(string record) => Directory.GetFiles(Path.GetDirectoryName(record)!, Path.GetFileName(record) + ".*");

    private static string[] ReadLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
