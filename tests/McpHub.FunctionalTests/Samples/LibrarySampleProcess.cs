using System.Diagnostics;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Samples;

/// <summary>The sample application, started as its reader would start it, on a free port of loopback.</summary>
public sealed class LibrarySampleProcess : IAsyncLifetime
{
    private const string Listening = "Now listening on: ";

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process = new();

    public Uri Address => _address.Task.Result;

    public async ValueTask InitializeAsync()
    {
        _process.StartInfo = new ProcessStartInfo("dotnet", [PathOfSample(), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        };
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The sample ended before it listened."));
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var start)
            {
                _address.TrySetResult(new Uri(e.Data[(start + Listening.Length)..]));
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        await _address.Task.WaitAsync(Patience.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>Where the solution's build has put it: beside our own output, in the same configuration.</summary>
    private static string PathOfSample()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "McpHub.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        return Path.Combine(root.FullName, "docs", "samples", "library", "bin", output.Parent!.Name, output.Name, "Library.dll");
    }
}
