using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using McpHub.Bridging.Inputs;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Http;

/// <content>The stream of a legacy session's own messages, which belong to no call: a GET for as long as the session lives.</content>
internal sealed partial class StreamableHttpConnection
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StableStream = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, UpstreamCall> _ownersCalls = new();
    private readonly TaskCompletionSource _hearing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _listening = Task.CompletedTask;
    private bool _isListening;
    private bool _wasHeard;

    public override Task Hearing => _hearing.Task;

    /// <summary>A legacy server sends its own messages on a stream that it offers; a modern one is asked for them by a request.</summary>
    public override void StartListening()
    {
        if (Revision.IsModern())
        {
            return;
        }

        _isListening = true;
        _listening = Task.Run(ListenAsync);
    }

    /// <summary>What came on the server's own stream is about one of the calls of the session's one client, if it has any.</summary>
    protected override ICallInputs? InputsOfUnnamed(McpMethod method) => Owner is null ? null : InputsOfOwner(method, _ownersCalls.Values);

    /// <summary>For the one client of the session: what the server asks on its own stream belongs to a call that is running.</summary>
    private async ValueTask<UpstreamReply> SendNotedAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        _ownersCalls[call.Id] = call;
        try
        {
            return await SendUnnotedAsync(call, cancellationToken);
        }
        finally
        {
            _ownersCalls.TryRemove(call.Id, out _);
        }
    }

    /// <summary>Reads the stream of a legacy session's unsolicited messages, for as long as the server offers one.</summary>
    private async Task ListenAsync()
    {
        var pause = FirstPause;
        var hasStreamed = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var session = _sessionId;
                var started = Stopwatch.GetTimestamp();
                var status = await ListenOnceAsync(_stopping.Token);
                if (status == HttpStatusCode.NotFound && hasStreamed && session is not null && Reopen is not null)
                {
                    // There was a stream: it is the session that is not found. Without a call to notice, nobody else would.
                    hasStreamed = false;
                    await ReopenAsync(session, _stopping.Token);
                    continue;
                }

                if (status != HttpStatusCode.OK && (int)status < 500)
                {
                    // 405 and its like: the server has no such stream, and says so for good.
                    ForgetWhatWasMissed();
                    return;
                }

                hasStreamed |= status == HttpStatusCode.OK;

                // A server that closes each stream at once is not asked for everything every second.
                pause = Stopwatch.GetElapsedTime(started) > StableStream ? FirstPause : Pause.Longer(pause, LongestPause);
                await Task.Delay(pause, _stopping.Token);
            }
            catch (UpstreamException e)
            {
                LogListenFailed(Logger, Name, e.Message);
                _hearing.TrySetResult();
                pause = Pause.Longer(pause, LongestPause);
                await Task.Delay(pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Reads one stream to its end.</summary>
    /// <returns>The status of the answer; OK if it was a stream.</returns>
    private async Task<HttpStatusCode> ListenOnceAsync(CancellationToken cancellationToken)
    {
        using var request = http.GetStream(http.Url);
        AddSession(request);
        using var response = await http.SendExplainedAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK || !HttpReading.MediaTypeOf(response).SequenceEqual("text/event-stream"))
        {
            _hearing.TrySetResult();
            return response.StatusCode == HttpStatusCode.OK ? HttpStatusCode.UnsupportedMediaType : response.StatusCode;
        }

        ForgetWhatWasMissed();
        if (!_wasHeard)
        {
            _wasHeard = true;
            NoteHeard();
        }

        _hearing.TrySetResult();
        await foreach (var (_, data) in HttpReading.ReadEventsAsync(response, maxMessage, null, cancellationToken))
        {
            using (data)
            {
                if (data.Length > 0 && EnvelopeReader.Read(data.Span, out var envelope) is null && envelope.Kind != EnvelopeKind.Response)
                {
                    Receive(data.Span, envelope, null);
                }
            }
        }

        return HttpStatusCode.OK;
    }

    /// <summary>What was said since the last stream broke is lost: anything may have changed.</summary>
    private void ForgetWhatWasMissed()
    {
        if (_wasHeard)
        {
            ForgetWhatIsKnown(isNewSession: false);
        }
    }

    [LoggerMessage(132, LogLevel.Debug, "The stream of server {Server}'s own messages broke: {Reason}")]
    private static partial void LogListenFailed(ILogger logger, string server, string reason);
}
