using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace McpHub.Upstreams.Stdio;

/// <summary>
/// Sees to it that no child outlives the gateway, even when the gateway is killed with SIGKILL: a tiny process of its own that reads
/// the ids of process groups from us, and kills those that are left when our end of the socket closes. Thread-safe.
/// </summary>
/// <remarks>
/// The alternatives don't do: a parent-death signal reaches only the direct child, and is sent when the thread that started it ends;
/// closing standard input is ignored by too many servers. The guard is the system's <c>sh</c> running a fixed script; nothing of the
/// configuration ever reaches it but the numbers of process groups.
/// </remarks>
internal sealed class ProcessGuard
{
    private const string Shell = "/bin/sh";

    // No "--" before the group: after a signal's name, dash takes it for a process and kills none.
    // Signals to the foreground group of a terminal don't reach it (own group), so it outlives Ctrl+C until the gateway has ended.
    private const string Script = """
        groups=' '
        while read -r sign group; do
          case $sign in
            +) groups="$groups$group " ;;
            -) groups="${groups%% $group *} ${groups#* $group }" ;;
          esac
        done
        for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
        """;

    private readonly Lock _lock = new();
    private Socket? _socket;
    private int _id;

    /// <summary>One guard for the process: what it guards against is the end of the process.</summary>
    public static ProcessGuard Shared { get; } = new();

    /// <summary>Whether children are guarded; without a shell on the machine only the end of their input tells them.</summary>
    public bool IsRunning => _socket is not null;

    public void EnsureRunning()
    {
        lock (_lock)
        {
            if (_socket is not null || !File.Exists(Shell))
            {
                return;
            }

            var (ours, guards) = PosixSockets.Pair();
            using (guards)
            {
                var descriptor = PosixSockets.HandleOf(guards);
                using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
                var silent = (int)nothing.DangerousGetHandle();
                _id = PosixSpawn.Start(Shell, ["mcphub-guard", "-c", Script], ["PATH=/usr/bin:/bin"], "/", [descriptor, silent, silent]);
            }

            _socket = ours;
        }
    }

    public void Add(int group) => Tell('+', group);

    public void Remove(int group) => Tell('-', group);

    private void Tell(char sign, int group)
    {
        lock (_lock)
        {
            try
            {
                _socket?.Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign} {group}\n")));
            }
            catch (SocketException)
            {
                // Somebody killed the guard. The next child gets a new one; those that run are ours to end, as ever.
                _ = PosixSpawn.TryReap(_id);
                _socket?.Dispose();
                _socket = null;
            }
        }
    }
}
