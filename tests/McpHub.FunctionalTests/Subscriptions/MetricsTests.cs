using System.Diagnostics.Metrics;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

public sealed class MetricsTests
{
    [Fact]
    public async Task Gauges_CountWhoListens_AndWhatServersAreAskedFor()
    {
        await using var server = await FakeUpstream.StartAsync(Revision.V20260728, ChangingServer.Offer);
        await using var gateway = await GatewayHost.StartAsync(server.Config("s"));
        Assert.Equal((0, 0, 0), Read(gateway));

        await using (await Watchers.OpenAsync(ClientKind.LegacyStdio, gateway, ChangingServer.Watched))
        {
            await using var first = await Watchers.OpenAsync(ClientKind.ModernHttp, gateway, ChangingServer.Watched, "test://other");
            await using var second = await Watchers.OpenAsync(ClientKind.ModernStdio, gateway, ChangingServer.Watched);
            Assert.Equal((2, 1, 2), Read(gateway));
        }

        await Patience.UntilAsync(() => Read(gateway) == (0, 0, 0), "nobody listens any more");
    }

    private static (int Modern, int Legacy, int Upstream) Read(GatewayHost gateway)
    {
        (int Modern, int Legacy, int Upstream) read = default;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                // Other tests have gateways of their own.
                if (ReferenceEquals(instrument.Meter.Scope, gateway.Meters) && instrument.Name is ("mcphub.listeners" or "mcphub.upstream.subscriptions"))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, gateway.Meters))
            {
                return;
            }

            switch (tags[0].Value)
            {
                case "modern":
                    read.Modern = value;
                    break;
                case "legacy":
                    read.Legacy = value;
                    break;
                case "s":
                    read.Upstream = value;
                    break;
                default:
                    Assert.Fail($"{instrument.Name} has the tag {tags[0]}.");
                    break;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
