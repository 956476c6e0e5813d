using System.Globalization;
using System.Security.Cryptography;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.State;

namespace McpHub.Auditing;

/// <summary>
/// Writes the lines of one chain into its files. Not thread-safe: its owner alone writes. What fails has written nothing, and may be
/// tried again.
/// </summary>
internal sealed class AuditWriter : IDisposable
{
    // More gateways than this on one folder are a mistake.
    private const int MostChains = 256;

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Func<string, Stream> _open;
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Utf8Buffer _output = Utf8Buffer.Rent(64 * 1024);
    private readonly byte[] _hash = new byte[AuditHash.Length];
    private FileStream? _lock;
    private FileStream? _headFile;
    private Stream? _file;
    private AuditFileName _name;
    private long _length;
    private byte[] _last = AuditHash.Origin;
    private long _number;

    /// <param name="folder">The folder of the files; made if it is not there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="open">Opens a file for writing, or makes it.</param>
    public AuditWriter(string folder, TimeProvider time, Func<string, Stream>? open = null)
    {
        _folder = folder;
        _time = time;
        _open = open ?? OpenForWriting;
    }

    /// <summary>The number of the last line; 0 if there is none yet.</summary>
    public long Number => _number;

    /// <summary>What the last gateway left unfinished and was set aside: the file that has it; <see langword="null"/> if there was nothing.</summary>
    public string? TornFile { get; private set; }

    /// <summary>The lines that were there according to the chain's head and are gone; <see langword="null"/> if there are none.</summary>
    public AuditHead? Missing { get; private set; }

    private string CurrentPath => Path.Combine(_folder, _name.ToString());

    private string Today => _time.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Takes a chain that no other gateway writes, and finds its end.</summary>
    /// <exception cref="AuditStartException">The folder can't be used.</exception>
    public void Open()
    {
        try
        {
            StateFolder.Create(_folder);
            var chain = TakeChain();
            _name = new AuditFileName(chain, Today, 0);
            foreach (var name in AuditFileName.In(_folder).Where(n => n.Chain == chain).Reverse())
            {
                _name = _name.Number == 0 ? name : _name;
                if (Continue(name))
                {
                    break;
                }
            }

            var headPath = Path.Combine(_folder, AuditFileName.HeadOf(chain));
            Missing = AuditHead.Read(headPath) is { } head && head.Number > _number ? head : null;
            _headFile = new FileStream(headPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            OpenFile();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new AuditStartException(
                $"The audit can't be written to {_folder}: {e.Message} Give the gateway a folder that it may write to (gateway.audit.path), or switch the audit off (gateway.audit.enabled).", e);
        }
    }

    /// <summary>Writes lines, each without its end, separated by line breaks.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="fileSize">The length at which the next file is begun, in bytes.</param>
    /// <param name="flush">Whether they have to be on the disk afterwards.</param>
    public void Write(ReadOnlySpan<byte> lines, int fileSize, bool flush)
    {
        if (_file is null || _length >= fileSize || _name.Day != Today)
        {
            OpenFile(fileSize);
        }

        try
        {
            _output.Clear();
            var (number, hash) = Chain(lines);
            _file!.Write(_output.Span);
            if (flush && _file is FileStream file)
            {
                file.Flush(flushToDisk: true);
            }

            _length += _output.Length;
            _number = number;
            _last = hash;
        }
        catch
        {
            CloseFile();
            throw;
        }

        WriteHead();
    }

    public void Dispose()
    {
        CloseFile();
        _headFile?.Dispose();
        _lock?.Dispose();
        _sha.Dispose();
        _output.Dispose();
    }

    /// <summary>Gives each line its number and its hash.</summary>
    /// <returns>The last line's.</returns>
    private (long Number, byte[] Hash) Chain(ReadOnlySpan<byte> lines)
    {
        var number = _number;
        var hash = _last;
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var start = _output.Length;
            _output.Write(lines[..end]);
            _output.Write(",\"seq\":"u8);
            _output.Write(++number);
            AuditHash.Compute(_sha, hash, _output.Span[start..], _hash);
            hash = _hash;
            _output.Write(AuditHash.Begin);
            Convert.TryToHexStringLower(hash, _output.GetSpan(2 * AuditHash.Length), out _);
            _output.Advance(2 * AuditHash.Length);
            _output.Write(AuditHash.End);
            _output.Write((byte)'\n');
            lines = lines[(end + 1)..];
        }

        return (number, [.. hash]);
    }

    /// <summary>Takes the first chain that is free: several gateways may share a folder, and each writes a chain of its own.</summary>
    private int TakeChain()
    {
        for (var chain = 1; ; chain++)
        {
            try
            {
                _lock = StateFolder.OpenFile(Path.Combine(_folder, AuditFileName.LockOf(chain)), FileMode.OpenOrCreate, FileAccess.ReadWrite);
                return chain;
            }
            catch (IOException e) when (chain < MostChains && e is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(Path.Combine(_folder, AuditFileName.LockOf(chain))))
            {
                // Another gateway has it.
            }
        }
    }

    /// <summary>Takes up where a file ends, and sets aside what was cut off in it.</summary>
    /// <returns>Whether it has a line at all.</returns>
    private bool Continue(AuditFileName name)
    {
        var path = Path.Combine(_folder, name.ToString());
        AuditPosition position;
        try
        {
            position = AuditPosition.Read(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"The file {path} can't be continued: {e.Message} Look at it, and move it to another folder.", e);
        }

        if (position.Torn.Length > 0)
        {
            TornFile = path + ".torn";
            using (var aside = StateFolder.OpenFile(TornFile, FileMode.Append, FileAccess.Write))
            {
                aside.Write(position.Torn);
                aside.Write("\n"u8);
                aside.Flush(flushToDisk: true);
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(position.Length);
        }

        (_number, _last) = (position.Number, position.Hash);
        _length = name == _name ? position.Length : _length;
        return position.Number > 0;
    }

    private static FileStream OpenForWriting(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private void OpenFile(int fileSize = int.MaxValue)
    {
        if (_file is null && _name.Number > 0 && _name.Day == Today && _length < fileSize && TryReopen())
        {
            return;
        }

        CloseFile();
        var next = new AuditFileName(_name.Chain, Today, _name.Number + 1);
        var file = _open(Path.Combine(_folder, next.ToString()));
        try
        {
            file.SetLength(0);
            _output.Clear();
            var (number, hash) = Chain(FirstLine());
            file.Write(_output.Span);
            (_file, _name, _length, _number, _last) = (file, next, _output.Length, number, hash);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        WriteHead();
    }

    /// <summary>Opens the file that was written to; what a failed write has left in it goes.</summary>
    private bool TryReopen()
    {
        if (!File.Exists(CurrentPath))
        {
            return false;
        }

        var file = _open(CurrentPath);
        if (file.Length < _length)
        {
            file.Dispose();
            return false;
        }

        file.SetLength(_length);
        file.Position = _length;
        _file = file;
        return true;
    }

    /// <summary>The line that every file begins with: what it is chained to, so that the files after it can be checked by themselves.</summary>
    private byte[] FirstLine()
    {
        using var buffer = Utf8Buffer.Rent();
        AuditLine.Begin(buffer, _time, "opened");
        buffer.Write(",\"version\":"u8);
        JsonText.Write(buffer, ServerIdentity.Version);
        buffer.Write(",\"previous\":\""u8);
        Convert.TryToHexStringLower(_last, buffer.GetSpan(2 * AuditHash.Length), out _);
        buffer.Advance(2 * AuditHash.Length);
        buffer.Write("\"\n"u8);
        return buffer.Span.ToArray();
    }

    private void WriteHead()
    {
        try
        {
            _headFile!.Position = 0;
            _headFile.Write(new AuditHead(_number, Convert.ToHexStringLower(_last)).ToBytes());
            _headFile.Flush();
        }
        catch (IOException)
        {
            // The lines are written, and must not be written again. A head that is behind is told apart from a missing end.
        }
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }
}
