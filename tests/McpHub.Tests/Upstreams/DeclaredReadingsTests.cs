using System.Collections.Frozen;
using McpHub.Catalog;
using McpHub.Protocol;
using McpHub.Testing;
using McpHub.Upstreams;

namespace McpHub.Tests.Upstreams;

public sealed class DeclaredReadingsTests
{
    private const ClientFeatures Untold = ClientFeatures.Tasks;
    private const ClientFeatures Tellable = ClientFeatures.All & ~Untold;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Lists_DontDepend_WhenAllSeeTheSame()
    {
        var readings = Create(ClientFeatures.Roots);
        Assert.Equal(Tellable, readings.NextDue());

        readings[Tellable].Take(Offer("a"), isWhole: true);

        Assert.Same(DeclaredOffers.Same, readings.Sum(Offer("a")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refusal_DecidesNothing_AndIsTriedAgain(bool isPart)
    {
        var readings = Create(ClientFeatures.Roots);
        Refuse(readings[Tellable], isPart);
        readings[ClientFeatures.Roots].Take(Offer("a"), isWhole: true);

        Assert.False(readings.Sum(Offer("a")).IsSettled);
        Assert.Null(readings.NextDue());
        Assert.Equal(FirstPause, readings.Rest);

        _time.Advance(FirstPause);
        Assert.Equal(Tellable, readings.NextDue());
        Refuse(readings[Tellable], isPart);
        Assert.Equal(FirstPause * 2, readings.Rest);
    }

    [Fact]
    public void Set_KeepsWhatItHad_AndItsOwnTime_WhenItFails()
    {
        var readings = Create(ClientFeatures.Roots, ClientFeatures.Sampling);
        readings[Tellable].Take(Offer("a", "b", "c"), isWhole: true);
        readings[ClientFeatures.Roots].Take(Offer("b"), isWhole: true);
        readings[ClientFeatures.Sampling].Take(Offer("c"), isWhole: true);
        Assert.Equal(2, readings.Sum(Offer("a")).Differing.Count);

        readings.Renew();
        readings[ClientFeatures.Roots].Fail();
        readings[ClientFeatures.Sampling].Take(Offer("d"), isWhole: true);

        var declared = readings.Sum(Offer("a"));
        Assert.Equal("b", declared.Differing[ClientFeatures.Roots].Tools.Single().Key);
        Assert.Equal("d", declared.Differing[ClientFeatures.Sampling].Tools.Single().Key);
        Assert.True(declared.IsKnown(ClientFeatures.Roots));
        readings.Want([ClientFeatures.Roots, ClientFeatures.Sampling]);
        _time.Advance(FirstPause);
        Assert.Equal(ClientFeatures.Roots, readings.NextDue());
    }

    [Fact]
    public void Sets_ThatTheServerCannotTellApart_AreOne()
    {
        var readings = Create(ClientFeatures.Roots, ClientFeatures.Roots | Untold, Untold);
        readings[Tellable].Take(Offer("b"), isWhole: true);
        readings[ClientFeatures.Roots].Take(Offer("b"), isWhole: true);

        Assert.Null(readings.NextDue());
        var declared = readings.Sum(Offer("a"));
        Assert.Equal([ClientFeatures.Roots, ClientFeatures.Roots | Untold], declared.Differing.Keys.Order());
        Assert.True(declared.IsKnown(Untold));
    }

    [Fact]
    public void Server_IsNotAsked_AboutWhatItCannotBeTold()
    {
        var readings = Create(Untold);

        Assert.Null(readings.NextDue());
        Assert.True(readings.Sum(Offer("a")).IsKnown(Untold));
    }

    [Fact]
    public void Sets_ThatAreGone_AreForgotten()
    {
        var readings = Create(ClientFeatures.Roots, ClientFeatures.Sampling);
        readings[Tellable].Take(Offer("b"), isWhole: true);
        readings[ClientFeatures.Roots].Take(Offer("b"), isWhole: true);
        readings[ClientFeatures.Sampling].Take(Offer("b"), isWhole: true);
        readings.Sum(Offer("a"));

        Assert.Equal([ClientFeatures.Roots, Tellable], readings.Want([ClientFeatures.Sampling]).Order());

        Assert.Equal([ClientFeatures.Sampling], readings.Sum(Offer("a")).Differing.Keys);
    }

    [Fact]
    public void LastConnection_IsShown_UntilTheServerIsAsked()
    {
        var before = new DeclaredOffers { Differing = new Dictionary<ClientFeatures, ServerOffer> { [ClientFeatures.Roots] = Offer("b") }.ToFrozenDictionary() };
        var readings = new DeclaredReadings(Tellable, before, _time);
        readings.Want([ClientFeatures.Roots]);

        Assert.Equal("b", readings.Sum(Offer("a")).Differing[ClientFeatures.Roots].Tools.Single().Key);
        readings[Tellable].Take(Offer("a"), isWhole: true);

        Assert.Same(DeclaredOffers.Same, readings.Sum(Offer("a")));
    }

    private static void Refuse(DeclaredReading reading, bool isPart)
    {
        if (isPart)
        {
            reading.Take(Offer("a"), isWhole: false);
        }
        else
        {
            reading.Fail();
        }
    }

    private static ServerOffer Offer(params string[] tools) =>
        new() { Revision = Revision.V20251125, Tools = [.. tools.Select(name => new Definition(name, new byte[] { (byte)'{', (byte)'}' }))] };

    private DeclaredReadings Create(params ClientFeatures[] sets)
    {
        var readings = new DeclaredReadings(Tellable, DeclaredOffers.Unread, _time);
        readings.Want(sets);
        return readings;
    }
}
