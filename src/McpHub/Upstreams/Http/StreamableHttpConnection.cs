using System.Net;
using System.Runtime.CompilerServices;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams.Http;

/// <summary>A server behind Streamable HTTP, in either era: a POST a message, with a session in the legacy one.</summary>
/// <remarks>
/// A legacy server may forget the session at any time and then answers 404 without looking at the request (2025-11-25, "Session
/// Management"). The session is opened anew, once for however many calls notice at the same time, and the call is sent again: it
/// cannot have run.
/// </remarks>
internal sealed partial class StreamableHttpConnection(
    string name, HttpUpstreamClient http, int maxMessage, TimeSpan startLimit, IUpstreamEvents events, ILogger logger)
    : UpstreamConnection(name, events, logger)
{
    private const string SessionHeader = "Mcp-Session-Id";

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _reopening = new(1, 1);
    private volatile string? _sessionId;
    private int _disposed;

    /// <summary>Opens the legacy session again; set by whoever opened it the first time.</summary>
    public Func<CancellationToken, Task>? Reopen { get; set; }

    public override ValueTask<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellationToken) =>
        Owner is null ? SendUnnotedAsync(call, cancellationToken) : SendNotedAsync(call, cancellationToken);

    public override Task Begin(UpstreamCall call, CancellationToken cancellationToken) =>
        Owner is null ? PostCallAsync(call, cancellationToken) : base.Begin(call, cancellationToken);

    public override ValueTask<UpstreamReply> EndAsync(UpstreamCall call, Task begun, CancellationToken cancellationToken) =>
        begun is Task<HttpResponseMessage> posted
            ? TakeReplyAsync(call, posted, isRetry: false, cancellationToken)
            : base.EndAsync(call, begun, cancellationToken);

    public override async ValueTask PostAsync(Utf8Buffer message, CancellationToken cancellationToken)
    {
        using (message)
        {
            using var request = http.Post(http.Url, message);
            AddSession(request);
            using var response = await http.SendExplainedAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(response);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Close("The gateway closed the connection.");
        await _stopping.CancelAsync();
        await _listening;
        await EndSessionAsync();
        http.Dispose();
        _stopping.Dispose();
        _reopening.Dispose();
    }

    private ValueTask<UpstreamReply> SendUnnotedAsync(UpstreamCall call, CancellationToken cancellationToken, bool isRetry = false) =>
        TakeReplyAsync(call, PostCallAsync(call, cancellationToken), isRetry, cancellationToken);

    /// <summary>Posts a call. The task has the answer's headers, or fails with what <see cref="HttpUpstreamClient.Explain"/> explains.</summary>
    /// <remarks>The request is not disposed: its content is the call's bytes, which the call gives back.</remarks>
    private Task<HttpResponseMessage> PostCallAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var request = http.Post(http.Url, call.Message);
        if (Revision.IsModern())
        {
            AddModernHeaders(request, call);
        }
        else if (call.Method != McpMethod.Initialize)
        {
            AddSession(request);
        }

        return http.SendAsync(request, cancellationToken);
    }

    /// <summary>Takes what comes of a call's POST.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamReply> TakeReplyAsync(
        UpstreamCall call, Task<HttpResponseMessage> posted, bool isRetry, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await posted;
            return await ReadReplyAsync(call, response, cancellationToken);
        }
        catch (UpstreamException e) when (
            e.HttpStatus == 404 && !isRetry && Reopen is not null && call.Method != McpMethod.Initialize && SessionOf(posted.Result) is { } session)
        {
            await ReopenAsync(session, cancellationToken);
        }
        catch (Exception e) when (HttpUpstreamClient.Explain(e, cancellationToken) is { } explained)
        {
            if (explained.Kind == FailureKind.UpstreamUnavailable)
            {
                Close(explained.Message);
            }

            throw explained;
        }
        catch (OperationCanceledException) when (!Revision.IsModern() && call.Method != McpMethod.Initialize)
        {
            // A modern server takes the closed stream as the cancel; a legacy one has to be told.
            _ = CancelQuietlyAsync(call.Id);
            throw;
        }

        return await SendUnnotedAsync(call, cancellationToken, isRetry: true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamReply> ReadReplyAsync(UpstreamCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = HttpReading.MediaTypeOf(response);
        if (type.SequenceEqual("text/event-stream") && IsAnswer(response.StatusCode))
        {
            RememberSession(call, response);
            AnswersInStreams = true;
            var position = Revision.IsModern() ? null : new StreamPosition();
            return await ReadStreamAsync(call, response, position, cancellationToken) ?? await ResumeAsync(call, position!, cancellationToken);
        }

        if (!type.SequenceEqual("application/json") || response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw Refused(response);
        }

        var body = await HttpReading.ReadBodyAsync(response, maxMessage, cancellationToken);
        var failure = EnvelopeReader.Read(body.Span, out var envelope);

        // An error that names no request (or a null one) can only be about ours.
        var isOurs = JsonNumber.TryParse(envelope.Id.Of(body.Span), out var id) ? id == call.Id : envelope.Error.IsPresent && !envelope.Id.IsPresent;
        if (isOurs && (envelope.Error.IsPresent || (failure is null && envelope.Kind == EnvelopeKind.Response))
            && (response.IsSuccessStatusCode || IsAboutTheRequest(response, body.Span, envelope)))
        {
            RememberSession(call, response);
            return new UpstreamReply(body, envelope);
        }

        body.Dispose();
        throw response.IsSuccessStatusCode
            ? new UpstreamException(FailureKind.UpstreamProtocol, failure is not null
                ? "The server's answer is not JSON-RPC."
                : "The server answered another request than the one that was sent.")
            : Refused(response);
    }

    /// <summary>Whether a body of this status can hold the response: some servers send their errors as event streams too.</summary>
    private static bool IsAnswer(HttpStatusCode status) => status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound;

    /// <summary>
    /// Whether an error with an HTTP error status is the answer to the request. Not in a legacy session's 404, which says that the
    /// session is gone, whatever its body.
    /// </summary>
    private bool IsAboutTheRequest(HttpResponseMessage response, ReadOnlySpan<byte> body, in Envelope envelope)
    {
        if (response.StatusCode == HttpStatusCode.NotFound && !Revision.IsModern() && _sessionId is not null)
        {
            return JsonMembers.TryGet(envelope.Error.Of(body), "code"u8, out var code) && JsonNumber.TryParse(code, out var value)
                && value is not (-32001 or -32000 or -32600);
        }

        return (int)response.StatusCode is >= 400 and < 500 and not 429;
    }

    /// <summary>Reads a call's stream to its answer.</summary>
    /// <returns>The answer; <see langword="null"/> if the stream ended before it, and the rest can be asked for.</returns>
    private async ValueTask<UpstreamReply?> ReadStreamAsync(
        UpstreamCall call, HttpResponseMessage response, StreamPosition? position, CancellationToken cancellationToken)
    {
        call.Relay?.Mirror(mayPoll: false);
        try
        {
            await foreach (var (_, data) in HttpReading.ReadEventsAsync(response, maxMessage, position, cancellationToken))
            {
                if (data.Length == 0)
                {
                    // A priming event (2025-11-25): an id to resume by, and no message.
                    data.Dispose();
                    call.Relay?.Mirror(mayPoll: position?.LastEventId is not null);
                    continue;
                }

                var failure = EnvelopeReader.Read(data.Span, out var envelope);
                if (envelope.Kind == EnvelopeKind.Response && failure is null
                    && JsonNumber.TryParse(envelope.Id.Of(data.Span), out var id) && id == call.Id)
                {
                    return new UpstreamReply(data, envelope);
                }

                using (data)
                {
                    if (envelope.IsBrokenResponse && JsonNumber.TryParse(envelope.Id.Of(data.Span), out var broken) && broken == call.Id)
                    {
                        throw new UpstreamException(FailureKind.UpstreamProtocol, "The server's answer is not JSON-RPC.");
                    }

                    if (position is { IsRepeated: true })
                    {
                        // Passed on before the stream was resumed.
                    }
                    else if (failure is null && envelope.Kind is EnvelopeKind.Request or EnvelopeKind.Notification)
                    {
                        Receive(data.Span, envelope, call);
                    }
                    else
                    {
                        LogStray(Logger, Name);
                    }
                }

                // This answer has its connection for itself: what isn't read of it stays with the server.
                if (call.Relay is { } relay && relay.TryGetPause(out var ready))
                {
                    await relay.WaitAsync(ready, cancellationToken);
                }
            }
        }
        catch (UpstreamException e) when (e.Kind == FailureKind.UpstreamLost && position?.LastEventId is not null)
        {
            // It broke, and the server has given ids to come back with.
            return null;
        }

        if (position?.LastEventId is null)
        {
            throw new UpstreamException(FailureKind.UpstreamLost, "The server closed the stream without an answer.");
        }

        call.Relay?.CloseForPolling(PauseOf(position));
        return null;
    }

    private void RememberSession(UpstreamCall call, HttpResponseMessage response)
    {
        if (call.Method == McpMethod.Initialize)
        {
            _sessionId = response.Headers.TryGetValues(SessionHeader, out var values) ? values.FirstOrDefault() : null;
        }
    }

    private void AddModernHeaders(HttpRequestMessage request, UpstreamCall call)
    {
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Revision.Text());
        request.Headers.TryAddWithoutValidation("Mcp-Method", call.Method.Text());
        if (call.NameHeader is not null)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Name", call.NameHeader);
        }

        foreach (var (name, value) in call.ParamHeaders)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private void AddSession(HttpRequestMessage request)
    {
        // Servers of 2025-03-26 don't know the header, and need not take it well.
        if (Revision >= Revision.V20250618)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Revision.Text());
        }

        if (!Revision.IsModern() && _sessionId is { } session)
        {
            request.Headers.TryAddWithoutValidation(SessionHeader, session);
        }
    }

    /// <summary>The session in which an answered request was sent.</summary>
    private static string? SessionOf(HttpResponseMessage response) =>
        response.RequestMessage!.Headers.NonValidated.TryGetValues(SessionHeader, out var session) ? session.ToString() : null;

    private async Task ReopenAsync(string lost, CancellationToken cancellationToken)
    {
        await _reopening.WaitAsync(cancellationToken);
        try
        {
            if (_sessionId == lost)
            {
                // Calls that come meanwhile go out under the old id, find it forgotten too, and wait here.
                LogReopening(Logger, Name);
                await ReopenInTimeAsync();
                ForgetWhatIsKnown(isNewSession: true);
                if (_isListening && _listening.IsCompleted)
                {
                    _listening = Task.Run(ListenAsync, CancellationToken.None);
                }
            }
        }
        finally
        {
            _reopening.Release();
        }
    }

    /// <remarks>
    /// In the gateway's own time, not in the caller's: a handshake that is broken off in the middle leaves a session that nobody finishes.
    /// </remarks>
    private async Task ReopenInTimeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(startLimit);
        try
        {
            await Reopen!(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            Close("The server did not open a new session in time.");
            throw new UpstreamException(FailureKind.UpstreamUnavailable, "The server did not open a new session in time.", e);
        }
        catch (UpstreamException e)
        {
            Close(e.Message);
            throw;
        }
    }

    private static UpstreamException Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return new UpstreamException(
            status >= 500 ? FailureKind.UpstreamLost : status is >= 200 and < 300 ? FailureKind.UpstreamProtocol : FailureKind.UpstreamUnavailable,
            status switch
            {
                401 or 403 => $"The server refuses the gateway's credentials (HTTP {status}); set its headers in the configuration.",
                404 => "The server has no MCP endpoint at this URL, or has forgotten the session (HTTP 404).",
                >= 300 and < 400 => $"The server redirects to {response.Headers.Location} (HTTP {status}); configure that URL.",
                >= 200 and < 300 => $"The server answered with the content type '{HttpReading.MediaTypeOf(response)}', which is not MCP.",
                _ => $"The server answered HTTP {status}.",
            })
        { HttpStatus = status };
    }

    private async Task CancelQuietlyAsync(long id)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await PostAsync(GatewayRequests.Cancelled(id), timeout.Token);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException or ObjectDisposedException)
        {
            LogCancelLost(Logger, Name, e.Message);
        }
    }

    private async Task EndSessionAsync()
    {
        if (Revision.IsModern() || _sessionId is null)
        {
            return;
        }

        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            using var request = http.Delete(http.Url);
            AddSession(request);
            using var response = await http.SendExplainedAsync(request, timeout.Token);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            // The server will forget the session by itself.
        }
    }

    [LoggerMessage(130, LogLevel.Information, "Server {Server} has forgotten the session; it is opened again.")]
    private static partial void LogReopening(ILogger logger, string server);

    [LoggerMessage(131, LogLevel.Warning, "Server {Server} sent a message that is no use on a call's stream; ignored.")]
    private static partial void LogStray(ILogger logger, string server);

    [LoggerMessage(133, LogLevel.Debug, "Server {Server} could not be told of a cancelled call: {Reason}")]
    private static partial void LogCancelLost(ILogger logger, string server, string reason);
}
