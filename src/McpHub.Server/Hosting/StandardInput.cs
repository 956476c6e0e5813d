using System.IO.Pipelines;

namespace McpHub.Server.Hosting;

/// <summary>
/// Standard input as a stream whose reads can be cancelled: reading the console's own blocks a thread, and ends only with the input.
/// </summary>
internal static class StandardInput
{
    private const int BufferSize = 64 * 1024;

    public static Stream Open()
    {
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: 4 * BufferSize, resumeWriterThreshold: 2 * BufferSize, minimumSegmentSize: BufferSize, useSynchronizationContext: false));

        // A thread of its own, so that none of the pool's is blocked as long as the process lives.
        new Thread(() => Pump(Console.OpenStandardInput(), pipe.Writer)) { IsBackground = true, Name = "stdin" }.Start();
        return pipe.Reader.AsStream();
    }

    private static void Pump(Stream input, PipeWriter writer)
    {
        try
        {
            while (true)
            {
                var read = input.Read(writer.GetSpan(BufferSize));
                if (read == 0)
                {
                    break;
                }

                writer.Advance(read);
                var flushed = writer.FlushAsync();
                if ((flushed.IsCompleted ? flushed.Result : flushed.AsTask().GetAwaiter().GetResult()).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The other end broke off, which is an end of input too.
        }

        writer.Complete();
    }
}
