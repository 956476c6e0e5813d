using System.Net;
using System.Net.Sockets;
using System.Text;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Http;

/// <summary>
/// A client with one keep-alive connection and one request at a time. Opened with blocking calls; after
/// <see cref="StartLoad"/> it never waits.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly LoadRequest _load;
    private readonly HttpRequestBytes _request;
    private byte[] _received = new byte[16 * 1024];
    private int _filled;

    /// <summary>Connects, and opens a session if the client is a legacy one.</summary>
    public LoadConnection(Uri endpoint, LoadRequest request)
    {
        _load = request;
        try
        {
            _socket.ReceiveTimeout = _socket.SendTimeout = (int)LoadWindow.AnswerTimeout.TotalMilliseconds;
            _socket.Connect(new IPEndPoint(IPAddress.Parse(endpoint.Host), endpoint.Port));
            _request = HttpRequestBytes.For(endpoint, request, request.Era == McpEra.Legacy ? OpenSession(endpoint) : null);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public Socket Socket => _socket;

    /// <summary>When the request in flight was due; 0 if there is none.</summary>
    public long Intended { get; private set; }

    /// <summary>Whether an answer is the right one to what was sent last.</summary>
    public bool IsRight(ReadOnlySpan<byte> answer) => _load.IsAnsweredBy(answer, _request.IdDigits, _request.Key);

    public void StartLoad() => _socket.Blocking = false;

    public void Send(int id, long intended)
    {
        Intended = intended;
        _request.SetId(id);
        if (_load.Keys is { } keys)
            _request.SetKey(keys.Next());
        var rest = _request.Bytes;
        while (!rest.IsEmpty)
        {
            var sent = _socket.Send(rest, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock && _socket.Poll(LoadWindow.AnswerTimeout, SelectMode.SelectWrite))
                continue;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            rest = rest[sent..];
        }
    }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Whether the answer is complete.</returns>
    public bool TryReceive(out HttpAnswer answer)
    {
        if (_filled == _received.Length)
            Array.Resize(ref _received, _received.Length * 4);
        var read = _socket.Receive(_received.AsSpan(_filled), SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            throw new SocketException((int)error);
        if (error == SocketError.Success && read == 0)
            throw new IOException("The server closed the connection.");

        _filled += read;
        if (!HttpAnswer.TryParse(_received.AsSpan(0, _filled), out answer))
            return false;
        if (answer.Length != _filled)
            throw new InvalidDataException("More bytes came than the answer has.");
        _filled = 0;
        Intended = 0;
        return true;
    }

    /// <summary>Sends the request once and waits for the answer.</summary>
    public HttpAnswer Call(int id)
    {
        _request.SetId(id);
        return Exchange(_request.Bytes);
    }

    public void Dispose() => _socket.Dispose();

    private string? OpenSession(Uri endpoint)
    {
        var initialized = Exchange(HttpRequestBytes.Initialize(endpoint, _load).Bytes);
        var isInitialized = initialized.Status == (int)HttpStatusCode.OK && initialized.Body.IndexOf("\"serverInfo\""u8) >= 0;
        // The fixed answer of the bare endpoint opens no session either, and is not asked to.
        if (!isInitialized && initialized.Body.IndexOf(Encoding.UTF8.GetBytes(McpRequests.Message)) < 0)
            throw new InvalidDataException($"initialize was answered with {initialized.ToString()}");

        var header = HttpAnswer.Header(initialized.Head, "Mcp-Session-Id"u8);
        var session = header.IsEmpty ? null : Encoding.ASCII.GetString(header);
        var noted = Exchange(HttpRequestBytes.Initialized(endpoint, _load, session).Bytes);
        return noted.Status is >= 200 and < 300
            ? session
            : throw new InvalidDataException($"notifications/initialized was answered with {noted.ToString()}");
    }

    private HttpAnswer Exchange(ReadOnlySpan<byte> request)
    {
        for (var sent = 0; sent < request.Length;)
            sent += _socket.Send(request[sent..]);
        HttpAnswer answer;
        while (!TryReceive(out answer))
        {
        }

        return answer;
    }
}
