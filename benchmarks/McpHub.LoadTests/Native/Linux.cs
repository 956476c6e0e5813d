using System.Runtime.InteropServices;

namespace McpHub.LoadTests.Native;

/// <summary>The system calls that .NET has no cheap equal for: one thread that waits for many sockets.</summary>
internal static unsafe partial class Linux
{
    public const int ControlAdd = 1;
    public const int ControlDelete = 2;
    public const uint Readable = 1;
    public const uint EdgeTriggered = 1u << 31;
    public const int MonotonicClock = 1;
    public const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEpoll(int epoll, int operation, int descriptor, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitEpoll(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int CreateTimer(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int SetTimer(int timer, int flags, in TimerSetting setting, nint oldSetting);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
