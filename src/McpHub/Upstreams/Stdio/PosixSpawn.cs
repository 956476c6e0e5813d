using System.ComponentModel;
using System.Runtime.InteropServices;

namespace McpHub.Upstreams.Stdio;

/// <summary>Starts, signals and reaps processes by the C library: the few calls for which .NET has nothing.</summary>
internal static unsafe partial class PosixSpawn
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private const int NoHang = 1;
    private const int Interrupted = 4;

    // Larger than the structures of glibc (336 and 80 bytes), musl (336 and 80) and macOS (8 and 8), larger than sigset_t (128).
    private const int OpaqueSize = 512;

    private const short SetProcessGroup = 0x02;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;

    /// <summary>Signals that the runtime or the host ignores or handles, which would otherwise stay ignored in the child.</summary>
    private static readonly int[] ResetSignals = [1, 2, 3, 13, 15];

    /// <summary>Starts a program at the head of a new process group.</summary>
    /// <param name="program">The program's whole path.</param>
    /// <param name="arguments">Its arguments, with its name as the first.</param>
    /// <param name="environment">Its environment, each as <c>NAME=VALUE</c>.</param>
    /// <param name="workingDirectory">Its working directory; <see langword="null"/> for ours.</param>
    /// <param name="standardStreams">The descriptors that become its 0, 1 and 2.</param>
    /// <returns>The process's id.</returns>
    /// <exception cref="IOException">The system refused.</exception>
    public static int Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string? workingDirectory, ReadOnlySpan<int> standardStreams)
    {
        var actions = NativeMemory.AllocZeroed(OpaqueSize);
        var attributes = NativeMemory.AllocZeroed(OpaqueSize);
        var signals = NativeMemory.AllocZeroed(OpaqueSize);
        using var argv = new StringVector(arguments);
        using var envp = new StringVector(environment);
        try
        {
            Check(FileActionsInit(actions));
            Check(AttributesInit(attributes));
            for (var i = 0; i < standardStreams.Length; i++)
            {
                Check(AddDup2(actions, standardStreams[i], i));
            }

            if (workingDirectory is not null)
            {
                Check(AddChangeDirectory(actions, workingDirectory));
            }

            _ = EmptySignalSet(signals);
            Check(SetMask(attributes, signals));
            foreach (var signal in ResetSignals)
            {
                _ = AddSignal(signals, signal);
            }

            Check(SetDefaults(attributes, signals));
            Check(SetGroup(attributes, 0));
            Check(SetFlags(attributes, SetProcessGroup | SetSignalDefaults | SetSignalMask));
            Check(Spawn(out var id, program, actions, attributes, argv.Pointer, envp.Pointer));
            return id;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(signals);
        }
    }

    /// <summary>Sends a signal to every process of a group; a group that is gone already is none of its concern.</summary>
    public static void SignalGroup(int group, int signal)
    {
        if (group > 1)
        {
            _ = SendSignal(-group, signal);
        }
    }

    /// <summary>Takes the exit code of a child that has ended; <see langword="null"/> while it runs.</summary>
    public static int? TryReap(int id)
    {
        int result, status;
        do
        {
            result = WaitFor(id, out status, NoHang);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if (result == 0)
        {
            return null;
        }

        // Nothing to wait for: somebody else reaped it, and the code is lost.
        return result < 0 ? -1 : (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException(new Win32Exception(error).Message);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(void* actions, int descriptor, int newDescriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddChangeDirectory(void* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial int SetGroup(void* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignalSet(void* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int AddSignal(void* signals, int signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int id, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int id, out int status, int options);

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class StringVector : IDisposable
    {
        private readonly int _count;

        public StringVector(IReadOnlyList<string> values)
        {
            _count = values.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
