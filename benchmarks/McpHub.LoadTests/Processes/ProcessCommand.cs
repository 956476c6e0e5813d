using System.Globalization;
using System.Reflection;

namespace McpHub.LoadTests.Processes;

/// <summary>A program and its arguments.</summary>
internal sealed record ProcessCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>This executable, serving something.</summary>
    public static ProcessCommand Serve(string what, params IEnumerable<string> options) =>
        new(DotNet, [Assembly.GetExecutingAssembly().Location, "serve", what, .. options]);

    /// <summary>This executable, serving something on a port of loopback.</summary>
    public static ProcessCommand ServeOn(int port, string what, params IEnumerable<string> options) =>
        Serve(what, ["--port", port.ToString(CultureInfo.InvariantCulture), .. options]);

    /// <summary>A gateway: an executable, or an assembly that <c>dotnet</c> runs.</summary>
    public static ProcessCommand Gateway(string path, string command, string configFile, params IEnumerable<string> options) =>
        Path.GetExtension(path) == ".dll"
            ? new ProcessCommand(DotNet, [path, command, "--config", configFile, .. options])
            : new ProcessCommand(path, [command, "--config", configFile, .. options]);

    public override string ToString() => $"{FileName} {string.Join(' ', Arguments)}";

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
