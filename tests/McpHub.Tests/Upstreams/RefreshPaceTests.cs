using McpHub.Testing;
using McpHub.Upstreams.Subscriptions;

namespace McpHub.Tests.Upstreams;

public sealed class RefreshPaceTests
{
    [Fact]
    public void Pauses_Grow_WhileTheServerGoesOn_AndBeginAnewWhenItWasQuiet()
    {
        var time = new FakeTimeProvider();
        var pace = new RefreshPace(time);
        for (var story = 0; story < 2; story++)
        {
            var pauses = new List<double>();
            for (var i = 0; i < 9; i++)
            {
                var pause = pace.Next();
                pauses.Add(pause.TotalSeconds);
                time.Advance(pause);
                pace.Done();
            }

            Assert.Equal([0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], pauses);
            time.Advance(TimeSpan.FromSeconds(11));
        }
    }

    [Fact]
    public void Pause_IsWhatIsLeftOfIt()
    {
        var time = new FakeTimeProvider();
        var pace = new RefreshPace(time);
        pace.Next();
        pace.Done();

        time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(TimeSpan.FromMilliseconds(40), pace.Next());
        time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(TimeSpan.Zero, pace.Next());
    }
}
