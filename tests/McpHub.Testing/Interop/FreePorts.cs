using System.Net;
using System.Net.Sockets;

namespace McpHub.Testing.Interop;

/// <summary>Ports for programs that can't be told to choose one themselves.</summary>
public static class FreePorts
{
    /// <returns>A port of loopback that was free a moment ago; whoever uses it has to be ready to try another.</returns>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
