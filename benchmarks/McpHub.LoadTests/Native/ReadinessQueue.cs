using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace McpHub.LoadTests.Native;

/// <summary>Waits on one thread for the first of many sockets to become readable, or for a moment to come.</summary>
internal sealed unsafe class ReadinessQueue : IDisposable
{
    /// <summary>The key under which the alarm shows up among the ready ones.</summary>
    public const int AlarmKey = -1;

    private const int MaxEvents = 64;

    // epoll_event is packed on x86-64 and naturally aligned elsewhere.
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = KeyOffset + sizeof(long);

    private readonly byte[] _events = new byte[MaxEvents * EventSize];
    private readonly int _epoll;
    private int _timer;

    public ReadinessQueue()
    {
        _epoll = Check(Linux.CreateEpoll(0));
    }

    public void Add(Socket socket, int key) => Control(Linux.ControlAdd, (int)socket.Handle, key);

    public void Remove(Socket socket) => Control(Linux.ControlDelete, (int)socket.Handle, 0);

    /// <summary>Has <see cref="AlarmKey"/> become ready after <paramref name="delay"/>; replaces the alarm set before.</summary>
    public void SetAlarm(TimeSpan delay)
    {
        if (_timer == 0)
        {
            _timer = Check(Linux.CreateTimer(Linux.MonotonicClock, 0));
            // Edge-triggered, so that an alarm that went off need not be read to be silent.
            Control(Linux.ControlAdd, _timer, AlarmKey, Linux.Readable | Linux.EdgeTriggered);
        }

        var nanoseconds = Math.Max(1, (long)delay.TotalNanoseconds);
        Check(Linux.SetTimer(_timer, 0, new TimerSetting(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000), 0));
    }

    /// <summary>Waits, and returns how many are ready; <see cref="KeyAt"/> tells which.</summary>
    public int Wait(int timeoutMilliseconds)
    {
        fixed (byte* events = _events)
        {
            var ready = Linux.WaitEpoll(_epoll, events, MaxEvents, timeoutMilliseconds);
            return ready < 0 && Marshal.GetLastPInvokeError() == Linux.Interrupted ? 0 : Check(ready);
        }
    }

    public int KeyAt(int index) => Unsafe.ReadUnaligned<int>(ref _events[(index * EventSize) + KeyOffset]);

    public void Dispose()
    {
        if (_timer != 0)
            _ = Linux.Close(_timer);
        _ = Linux.Close(_epoll);
    }

    private void Control(int operation, int descriptor, int key, uint wanted = Linux.Readable)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, wanted);
        Unsafe.WriteUnaligned(entry + KeyOffset, (long)key);
        Check(Linux.ControlEpoll(_epoll, operation, descriptor, entry));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
