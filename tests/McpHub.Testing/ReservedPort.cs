using System.Net;
using System.Net.Sockets;

namespace McpHub.Testing;

/// <summary>
/// A port of loopback that refuses connections until a listener that names it comes, and that nobody who asks for any free one is given.
/// </summary>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReservedPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
        {
            // Only there may a listener bind beside a socket that doesn't listen; elsewhere the port is free again.
            _socket.Dispose();
        }
    }

    public int Number { get; }

    public void Dispose() => _socket.Dispose();
}
