using System.Buffers;
using System.IO.Pipelines;
using McpHub.Transports.Http;

namespace McpHub.Tests.Transports;

public sealed class ReceivedBodyTests
{
    [Fact]
    public async Task Body_StaysWhereItIs_UntilItIsDisposed()
    {
        var pipe = new Pipe();
        var read = await FillAsync(pipe, "whole");

        var body = ReceivedBody.Hold(pipe.Reader, read);

        Assert.False(body.IsTooLarge);
        Assert.True(body.Bytes.Span.Overlaps(read.Buffer.First.Span));
        Assert.Throws<InvalidOperationException>(() => pipe.Reader.TryRead(out _));
        body.Dispose();
        Assert.True(pipe.Reader.TryRead(out var rest));
        Assert.True(rest.Buffer.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_OutlivesTheRequest_Detached(bool isCopy)
    {
        var pipe = new Pipe();
        var read = await FillAsync(pipe, "whole");
        var original = read.Buffer.First;
        var body = isCopy ? ReceivedBody.Copy(pipe.Reader, read) : ReceivedBody.Hold(pipe.Reader, read);

        var detached = body.Detach();

        Assert.True(pipe.Reader.TryRead(out var rest));
        Assert.True(rest.Buffer.IsEmpty);
        Assert.Equal("whole"u8, detached.Bytes.Span);
        Assert.False(detached.Bytes.Span.Overlaps(original.Span));
        detached.Dispose();
    }

    [Fact]
    public async Task Body_IsCopied_WhenItLiesInPieces()
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16));
        var text = new string('x', 10_000);
        var read = await FillAsync(pipe, text, piece: 100);
        Assert.False(read.Buffer.IsSingleSegment);

        using var body = ReceivedBody.Hold(pipe.Reader, read);

        Assert.True(pipe.Reader.TryRead(out _));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Fact]
    public void Body_IsGivenBack_OfARequestThatTheServerHasGivenUp()
    {
        var lost = new LostReader();
        var read = new ReadResult(new ReadOnlySequence<byte>("whole"u8.ToArray()), isCanceled: false, isCompleted: true);

        ReceivedBody.Hold(lost, read).Dispose();
        using var detached = ReceivedBody.Hold(lost, read).Detach();

        Assert.Equal(2, lost.Advanced);
        Assert.Equal("whole"u8, detached.Bytes.Span);
    }

    private static async Task<ReadResult> FillAsync(Pipe pipe, string text, int piece = int.MaxValue)
    {
        foreach (var part in text.Chunk(piece))
        {
            await pipe.Writer.WriteAsync(System.Text.Encoding.UTF8.GetBytes(part), TestContext.Current.CancellationToken);
        }

        await pipe.Writer.CompleteAsync();
        Assert.True(pipe.Reader.TryRead(out var read));
        return read;
    }

    /// <summary>What the web server's reader does once the request is aborted.</summary>
    private sealed class LostReader : PipeReader
    {
        public int Advanced { get; private set; }

        public override void AdvanceTo(SequencePosition consumed)
        {
            Advanced++;
            throw new IOException("The request was aborted.");
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }
}
