using BenchmarkDotNet.Attributes;
using McpHub.Protocol;

namespace McpHub.Benchmarks;

/// <summary>The one scan that every message gets.</summary>
[MemoryDiagnoser]
public class EnvelopeBenchmarks
{
    [GlobalSetup]
    public void Verify()
    {
        if (EnvelopeReader.Read(Messages.ModernCall, out var envelope) is not null || envelope.Method != McpMethod.CallTool)
        {
            throw new InvalidOperationException("The scan is wrong.");
        }
    }

    [Benchmark(Baseline = true)]
    public object? LegacyCall() => EnvelopeReader.Read(Messages.LegacyCall, out _);

    [Benchmark]
    public object? ModernCall() => EnvelopeReader.Read(Messages.ModernCall, out _);

    [Benchmark]
    public object? Result10KB() => EnvelopeReader.Read(Messages.LargeResult, out _);
}
