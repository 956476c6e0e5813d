using McpHub.Bridging.Tasks;
using McpHub.Configuration;
using McpHub.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpHub.Tests.Bridging.Tasks;

public sealed class TaskIdsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcphub-").FullName;
    private readonly SealKey _key;
    private readonly TaskIds _ids;

    public TaskIdsTests()
    {
        var config = new HubConfig { Gateway = new GatewayConfig { State = new StateConfig { Path = _folder } } };
        _key = new SealKey(config, TimeProvider.System, NullLogger<SealKey>.Instance);
        _ids = new TaskIds(_key);
    }

    [Theory]
    [InlineData("s", "1")]
    [InlineData("a server", "ä/\"\\\n\0 and more")]
    public void Id_OpensForItsCaller(string source, string id)
    {
        var sealedId = _ids.Seal(new TaskAddress(source, id), "me");

        Assert.True(_ids.TryOpen(sealedId, "me", out var address));
        Assert.Equal(new TaskAddress(source, id), address);
        Assert.Matches("^[A-Za-z0-9_.-]+$", sealedId);
    }

    [Fact]
    public void Id_DoesNotOpen_ForAnotherCaller() =>
        Assert.False(_ids.TryOpen(_ids.Seal(new TaskAddress("s", "1"), "me"), "you", out _));

    [Fact]
    public void Id_DoesNotOpen_WhenAnyCharacterIsChanged()
    {
        var sealedId = _ids.Seal(new TaskAddress("s", "1"), "me");
        for (var i = 0; i < sealedId.Length; i++)
        {
            var changed = sealedId[..i] + (sealedId[i] == 'A' ? 'B' : 'A') + sealedId[(i + 1)..];
            Assert.False(_ids.TryOpen(changed, "me", out _), $"changed at {i}");
        }
    }

    [Fact]
    public void Id_IsNothingElse_ThatWasSealedForTheSameCaller() =>
        Assert.False(_ids.TryOpen(_key.Seal.Seal("s\0id"u8, "me"u8, TimeSpan.FromHours(1)), "me", out _));

    [Theory]
    [InlineData("")]
    [InlineData("v1.")]
    [InlineData("tasks-conformance-nonexistent-12345")]
    public void Id_DoesNotOpen_WhenItIsNone(string id) => Assert.False(_ids.TryOpen(id, "me", out _));

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
