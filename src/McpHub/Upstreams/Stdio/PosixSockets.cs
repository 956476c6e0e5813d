using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace McpHub.Upstreams.Stdio;

/// <summary>Connected pairs of sockets: what Node.js too gives its children as standard streams.</summary>
internal static partial class PosixSockets
{
    private const int Unix = 1;
    private const int Stream = 1;
    private const int LinuxCloseOnExec = 0x80000;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Makes a pair that no other child inherits.</summary>
    public static (Socket Ours, Socket Childs) Pair()
    {
        // On Linux in the same call: a child that another thread starts in between would hold the ends open, and this pair's child
        // would never see the end of its input. Elsewhere there is only the second call.
        var descriptors = new int[2];
        if (SocketPair(Unix, OperatingSystem.IsLinux() ? Stream | LinuxCloseOnExec : Stream, 0, descriptors) != 0)
        {
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }

        foreach (var descriptor in descriptors)
        {
            _ = Fcntl(descriptor, SetDescriptorFlags, CloseOnExec);
        }

        return (ToSocket(descriptors[0]), ToSocket(descriptors[1]));
    }

    public static int HandleOf(Socket socket) => (int)socket.Handle;

    private static Socket ToSocket(int descriptor) => new(new SafeSocketHandle(descriptor, ownsHandle: true));

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, [Out] int[] descriptors);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
