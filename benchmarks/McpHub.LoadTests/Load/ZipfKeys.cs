namespace McpHub.LoadTests.Load;

/// <summary>
/// Keys that come as often as words do: the one of rank k with a probability in proportion to 1/k^<see cref="Exponent"/>. The
/// same sequence in every run. Belongs to one thread.
/// </summary>
internal sealed class ZipfKeys
{
    public const int Count = 10_000;
    private const double Exponent = 1.1;
    private const int Seed = 20_260_728;

    private readonly double[] _upTo = new double[Count];
    private readonly Random _random = new(Seed);

    public ZipfKeys()
    {
        var sum = 0.0;
        for (var index = 0; index < Count; index++)
            _upTo[index] = sum += Math.Pow(index + 1, -Exponent);
    }

    /// <summary>The next key, from 0 to <see cref="Count"/> - 1.</summary>
    public int Next()
    {
        var found = Array.BinarySearch(_upTo, _random.NextDouble() * _upTo[^1]);
        return Math.Min(found < 0 ? ~found : found, Count - 1);
    }
}
