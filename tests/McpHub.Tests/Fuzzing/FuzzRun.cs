using System.Globalization;
using McpHub.Testing;

namespace McpHub.Tests.Fuzzing;

/// <summary>
/// Rounds of random input. Each has a seed of its own, which a failure names. <c>MCPHUB_FUZZ_SCALE</c> multiplies the rounds,
/// <c>MCPHUB_FUZZ_SEED</c> is the seed of the first: with the seed of a failure, the first round repeats it.
/// </summary>
internal static class FuzzRun
{
    private const int FirstSeed = 20261121;

    /// <summary>Runs the rounds, and fails at the first that fails or never ends.</summary>
    public static async Task OfAsync(int rounds, Func<Random, Task> round)
    {
        var count = rounds * Read("MCPHUB_FUZZ_SCALE", 1);
        var seed = Read("MCPHUB_FUZZ_SEED", FirstSeed);
        var run = Task.Run(async () =>
        {
            for (long i = 0; i < count; i++)
            {
                await round(new Random((int)seed));
                Interlocked.Increment(ref seed);
            }
        });
        try
        {
            for (var before = -1L; !run.IsCompleted;)
            {
                await Task.WhenAny(run, Task.Delay(Patience.Limit));
                var now = Interlocked.Read(ref seed);
                if (now == before && !run.IsCompleted)
                {
                    throw new TimeoutException("The round does not end.");
                }

                before = now;
            }

            await run;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"MCPHUB_FUZZ_SEED={Interlocked.Read(ref seed)} repeats this: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="OfAsync(int, Func{Random, Task})"/>
    public static Task OfAsync(int rounds, Action<Random> round) => OfAsync(rounds, random =>
    {
        round(random);
        return Task.CompletedTask;
    });

    private static long Read(string variable, long otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
