using System.Net;
using System.Net.Sockets;

namespace McpHub.LoadTests.Processes;

/// <summary>Addresses for the processes that are started.</summary>
internal static class Loopback
{
    /// <summary>A port that is free at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
