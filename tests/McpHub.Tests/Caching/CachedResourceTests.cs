using McpHub.Caching;
using McpHub.Configuration;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.Tests.Caching;

/// <summary>Resources are kept as their server says.</summary>
public sealed class CachedResourceTests
{
    private const string Uri = "test://a/b";

    [Theory]
    [InlineData("\"ttlMs\":5000,\"cacheScope\":\"public\"", 1, 1)]
    [InlineData("\"ttlMs\":5000,\"cacheScope\":\"private\"", 1, 2)]
    [InlineData("\"ttlMs\":5000", 1, 2)]
    [InlineData("\"ttlMs\":0,\"cacheScope\":\"public\"", 2, 3)]
    [InlineData("\"cacheScope\":\"public\"", 2, 3)]
    public async Task Resource_IsKept_ForWhomAndAsLongAsItSays(string hints, int callsOfOne, int callsOfTwo)
    {
        using var rig = Serving(hints);
        await ReadAsync(rig);
        await ReadAsync(rig);
        Assert.Equal(callsOfOne, rig.Source.Calls.Count);

        await ReadAsync(rig, "b");
        Assert.Equal(callsOfTwo, rig.Source.Calls.Count);
    }

    [Fact]
    public async Task Resource_SaysHowLongItIsStillGood()
    {
        using var rig = Serving("\"ttlMs\":5000,\"cacheScope\":\"public\"");
        Assert.Equal(5000, (await ReadAsync(rig)).Json.GetProperty("ttlMs").GetInt64());
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3000, (await ReadAsync(rig, "b")).Json.GetProperty("ttlMs").GetInt64());
        Assert.False((await rig.Read(Uri, revision: Revision.V20251125).Answer).Json.TryGetProperty("ttlMs", out _));
        rig.Time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(5000, (await ReadAsync(rig)).Json.GetProperty("ttlMs").GetInt64());
        Assert.Equal(2, rig.Source.Calls.Count);
    }

    [Theory]
    [InlineData("test://a/b", true)]
    [InlineData("test://a", true)]
    [InlineData("test://a/b/c", true)]
    [InlineData("test://a/c", false)]
    public async Task Resource_IsForgotten_WhenItsServerTellsOfIt_OrOfWhatLiesAboveOrBelow(string uri, bool isForgotten)
    {
        using var rig = Serving("\"ttlMs\":5000,\"cacheScope\":\"public\"");
        await ReadAsync(rig);

        rig.Events.OnResourceUpdated("s", uri);

        Assert.Equal(isForgotten ? 0 : 1, rig.Cache.Store.Count);
    }

    [Fact]
    public async Task Resource_OfALegacyServer_IsRead()
    {
        using var rig = new CacheRig(new CacheConfig { Enabled = true }, Revision.V20251125);
        rig.Source.Script = _ => """{"contents":[],"ttlMs":5000,"cacheScope":"public"}""";

        await ReadAsync(rig);
        await ReadAsync(rig);

        Assert.Equal(2, rig.Source.Calls.Count);
    }

    [Fact]
    public async Task Resources_AreRead_WhenTheyAreSwitchedOff()
    {
        using var rig = Serving("\"ttlMs\":5000,\"cacheScope\":\"public\"", isOn: false);

        await ReadAsync(rig);
        await ReadAsync(rig);

        Assert.Equal(2, rig.Source.Calls.Count);
    }

    private static CacheRig Serving(string hints, bool isOn = true)
    {
        var rig = new CacheRig(new CacheConfig { Enabled = true, Resources = isOn });
        rig.Source.Script = _ => "{\"resultType\":\"complete\",\"contents\":[{\"uri\":\"" + Uri + "\",\"text\":\"x\"}]," + hints + "}";
        return rig;
    }

    private static Task<CallAnswer> ReadAsync(CacheRig rig, string caller = "a") => rig.Read(Uri, caller).Answer.WithinLimitAsync("the resource");
}
