using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpHub.Testing;

/// <summary>
/// The gateway as a process of its own, in a folder of its own that holds nothing but its <c>mcphub.json</c>. Ended with everything that
/// it started, and its folder removed, when it is disposed.
/// </summary>
public sealed partial class GatewayProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private static readonly HttpClient Http = new() { Timeout = Patience.Limit };

    private readonly Process _process;

    private GatewayProcess(string folder, IEnumerable<string> arguments)
    {
        Folder = folder;
        var start = new ProcessStartInfo("dotnet", [BuiltPrograms.Gateway, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        Output = new ProcessLines("standard output", _process.StandardOutput);
        Errors = new ProcessLines("standard error", _process.StandardError);
    }

    /// <summary>The working folder.</summary>
    public string Folder { get; }

    /// <summary>The configuration file.</summary>
    public string ConfigurationFile => Path.Combine(Folder, "mcphub.json");

    /// <summary>Standard output.</summary>
    public ProcessLines Output { get; }

    /// <summary>Standard error.</summary>
    public ProcessLines Errors { get; }

    /// <summary>Standard input; closing it ends a gateway on stdio.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>The MCP endpoint; set by <see cref="ServeAsync"/>.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>One entry of <c>mcpServers</c>: the conformance fixture as a child of the gateway.</summary>
    public static object Fixture(string era = "both") =>
        new { command = "dotnet", args = new[] { BuiltPrograms.ConformanceServer, "--stdio", "--era", era } };

    /// <summary>Starts <c>serve</c> on a free port of loopback and waits until it is ready.</summary>
    /// <param name="configuration">The configuration: JSON text or an object; <see langword="null"/> for no file at all.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<GatewayProcess> ServeAsync(object? configuration, params string[] arguments)
    {
        var gateway = Start(configuration, ["serve", "--url", "http://127.0.0.1:0", .. arguments]);
        try
        {
            var line = await gateway.Output.WaitForAsync("MCP endpoint: ");
            gateway.Endpoint = new Uri(line["MCP endpoint: ".Length..]);

            // The endpoint is told once it serves; this is the same answer that an orchestrator waits for.
            (await Http.GetAsync(gateway.At("/health/ready"))).EnsureSuccessStatusCode();
            return gateway;
        }
        catch (Exception e)
        {
            await gateway.DisposeAsync();
            throw new InvalidOperationException($"The gateway is not ready: {e.Message}\n{gateway.Errors.Text}", e);
        }
    }

    /// <summary>Starts any command, and waits for nothing.</summary>
    /// <param name="configuration">The configuration: JSON text or an object; <see langword="null"/> for no file at all.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static GatewayProcess Start(object? configuration, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("mcphub-").FullName;
        if (configuration is not null)
        {
            File.WriteAllText(Path.Combine(folder, "mcphub.json"), TextOf(configuration));
        }

        return new GatewayProcess(folder, arguments);
    }

    /// <summary>Runs a command to its end.</summary>
    /// <param name="configuration">The configuration: JSON text or an object; <see langword="null"/> for no file at all.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static async Task<GatewayRun> RunAsync(object? configuration, string input, params string[] arguments)
    {
        await using var gateway = Start(configuration, arguments);
        await gateway.Input.WriteAsync(input);
        gateway.Input.Close();
        var exitCode = await gateway.WaitForExitAsync();
        return new GatewayRun(exitCode, gateway.Output.Text, gateway.Errors.Text);
    }

    /// <summary>An address of the gateway.</summary>
    public Uri At(string path) => new(Endpoint, path);

    /// <summary>Replaces the configuration file, whole, as editors do.</summary>
    public void Configure(object configuration)
    {
        var next = ConfigurationFile + ".next";
        File.WriteAllText(next, TextOf(configuration));
        File.Move(next, ConfigurationFile, overwrite: true);
    }

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        try
        {
            await Task.WhenAll(_process.WaitForExitAsync(), Output.Ended, Errors.Ended).WaitAsync(Patience.Limit);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The gateway does not end.\n{Output.Text}\n{Errors.Text}");
        }
    }

    /// <summary>Tells the process to end (SIGTERM) and waits for that.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        if (kill(_process.Id, Terminate) != 0)
        {
            throw new InvalidOperationException("The gateway has ended already.");
        }

        return WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string TextOf(object configuration) => configuration as string ?? JsonSerializer.Serialize(configuration);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
