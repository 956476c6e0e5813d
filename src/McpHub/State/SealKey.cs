using McpHub.Bridging;
using McpHub.Configuration;
using Microsoft.Extensions.Logging;

namespace McpHub.State;

/// <summary>
/// The secret that everything is sealed with which clients carry for the gateway. It lies in a file, so that what was sealed before a
/// restart is good after it, and is read, or made, when it is needed for the first time: most gateways never need one.
/// </summary>
/// <remarks>Thread-safe. Where the file cannot be had, there is a key for this process only, and a warning that says what that means.</remarks>
internal sealed partial class SealKey : IDisposable
{
    /// <summary>The name of the file in the state folder: 32 random bytes, for its owner alone.</summary>
    public const string FileName = "seal.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lazy<StateSeal> _seal;
    private readonly string? _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<SealKey> _logger;

    public SealKey(HubConfig config, TimeProvider time, ILogger<SealKey> logger)
    {
        _folder = StateFolder.Of(config);
        _time = time;
        _logger = logger;
        _seal = new Lazy<StateSeal>(Create);
    }

    public StateSeal Seal => _seal.Value;

    public void Dispose()
    {
        if (_seal.IsValueCreated)
        {
            _seal.Value.Dispose();
        }
    }

    private StateSeal Create()
    {
        if (_folder is null)
        {
            LogNoKeyFile(_logger, FileName, "The user has no data folder.");
            return StateSeal.OfThisProcess(_time);
        }

        var path = Path.Combine(_folder, FileName);
        try
        {
            return new StateSeal(File.Exists(path) ? Read(path) : Make(_folder, path), _time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            LogNoKeyFile(_logger, path, e.Message);
            return StateSeal.OfThisProcess(_time);
        }
    }

    private byte[] Read(string path)
    {
        var key = File.ReadAllBytes(path);
        if (key.Length != StateSeal.KeyLength)
        {
            throw new InvalidDataException($"It has {key.Length} bytes, and not {StateSeal.KeyLength}.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            LogOpenKeyFile(_logger, path);
        }

        return key;
    }

    /// <remarks>
    /// Written aside and then put in its place, where nothing is replaced: of two gateways that start at once, both end up with the
    /// key of the one that was first, and none ever reads half a key.
    /// </remarks>
    private byte[] Make(string folder, string path)
    {
        StateFolder.Create(folder);
        var aside = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        using (var file = StateFolder.OpenFile(aside, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(System.Security.Cryptography.RandomNumberGenerator.GetBytes(StateSeal.KeyLength));
            file.Flush(flushToDisk: true);
        }

        // Whether another gateway was faster or not, it is what lies there now.
        StateFolder.TryPlace(aside, path);
        return Read(path);
    }

    [LoggerMessage(200, LogLevel.Warning, "The key file {Path} can be neither read nor made: {Reason} Task ids are good until the gateway ends, and no longer. Set gateway.state.path to a folder that the gateway may write to.")]
    private static partial void LogNoKeyFile(ILogger logger, string path, string reason);

    [LoggerMessage(201, LogLevel.Warning, "The key file {Path} can be read by others than its owner. Take the right from them (chmod 600); to be sure, delete the file, which makes all task ids invalid.")]
    private static partial void LogOpenKeyFile(ILogger logger, string path);
}
