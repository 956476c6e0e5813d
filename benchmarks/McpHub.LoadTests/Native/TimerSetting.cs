using System.Runtime.InteropServices;

namespace McpHub.LoadTests.Native;

/// <summary>The C structure <c>itimerspec</c> for one shot.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TimerSetting(long seconds, long nanoseconds)
{
    private readonly nint _intervalSeconds;
    private readonly nint _intervalNanoseconds;
    private readonly nint _seconds = (nint)seconds;
    private readonly nint _nanoseconds = (nint)nanoseconds;
}
