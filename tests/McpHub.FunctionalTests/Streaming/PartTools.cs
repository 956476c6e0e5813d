using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace McpHub.FunctionalTests.Streaming;

/// <summary>Native tools that give their results in parts, and count what they give.</summary>
[McpServerToolType]
internal sealed class PartTools(PartTools.Counts counts)
{
    /// <summary>What the tools of one gateway have given.</summary>
    internal sealed class Counts
    {
        private long _bytes;
        private int _parts;

        public long Bytes => Volatile.Read(ref _bytes);

        public int Parts => Volatile.Read(ref _parts);

        /// <summary>How many calls have ended, however.</summary>
        public ConcurrentQueue<string> Ended { get; } = new();

        public void Give(string part)
        {
            Interlocked.Add(ref _bytes, part.Length);
            Interlocked.Increment(ref _parts);
        }
    }

    internal sealed record Reading(int Number, string Unit);

    [McpServerTool(Name = "words")]
    public static async IAsyncEnumerable<string> WordsAsync(string text, string end = ".")
    {
        foreach (var word in text.Split(' '))
        {
            await Task.Yield();
            yield return word + " ";
        }

        yield return end;
    }

    [McpServerTool(Name = "readings", UseStructuredContent = true)]
    public static async IAsyncEnumerable<Reading> ReadingsAsync(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await Task.Yield();
            yield return new Reading(i, "°C");
        }
    }

    [McpServerTool(Name = "copy")]
    public static async Task<string> CopyAsync(IToolStream stream, string[] lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines)
        {
            await stream.WriteAsync(line, cancellationToken);
        }

        await stream.WriteAsync(new Reading(lines.Length, "lines"), cancellationToken);
        return stream.HasReader ? "somebody reads" : "nobody reads";
    }

    [McpServerTool(Name = "die")]
    public static async IAsyncEnumerable<string> DieAsync()
    {
        yield return "one";
        await Task.Yield();
        throw new McpException("It is broken.");
    }

    [McpServerTool(Name = "pour")]
    public async IAsyncEnumerable<string> PourAsync(int parts, int size, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (var i = 0; i < parts; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
                var part = i.ToString("D8", System.Globalization.CultureInfo.InvariantCulture).PadRight(size, '.');
                counts.Give(part);
                yield return part;
            }
        }
        finally
        {
            counts.Ended.Enqueue("pour");
        }
    }
}
