using McpHub.Benchmarks;

// A comparison in one process; everything else is BenchmarkDotNet's.
if (args is ["compare-composition", ..])
{
    await CompositionBenchmarks.CompareAsync(
        TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 20), args.ElementAtOrDefault(2));
    return;
}

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
