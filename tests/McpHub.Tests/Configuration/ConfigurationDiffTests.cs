using McpHub.Configuration;
using McpHub.Configuration.Comparison;

namespace McpHub.Tests.Configuration;

public sealed class ConfigurationDiffTests
{
    private static readonly UpstreamConfig Files = Stdio("files", ["-y", "x"]);

    [Fact]
    public void Diff_IsEmpty_WhenTheValuesAreTheSame()
    {
        var diff = ConfigurationDiff.Between(Hub(Stdio("files", ["-y", "x"])), Hub(Stdio("files", ["-y", "x"])));

        Assert.True(diff.IsEmpty);
        Assert.Equal("files", Assert.Single(diff.Unchanged).Name);
        Assert.Equal("", diff.ToString());
    }

    [Fact]
    public void Diff_IsEmpty_BetweenTheDefaultAndAnEmptyFile()
    {
        using var folder = new ConfigurationFolder();

        Assert.True(ConfigurationDiff.Between(HubConfig.Default, folder.Read("{ \"gateway\": { \"http\": {} } }").Config!).IsEmpty);
    }

    [Fact]
    public void Diff_SortsServersByWhatHasToBeDone()
    {
        var old = Hub(Files, Http("web", "http://a"), Stdio("old", []), Stdio("same", []), Stdio("shown", []));
        var next = Hub(
            Stdio("files", ["-y"]), Http("web", "http://b"), Stdio("same", []), Stdio("shown", []) with { Include = ["a*"], Prefix = "p" },
            Stdio("github", []));

        var diff = ConfigurationDiff.Between(old, next);

        Assert.Equal(["github"], diff.Added.Select(upstream => upstream.Name));
        Assert.Equal(["old"], diff.Removed.Select(upstream => upstream.Name));
        Assert.Equal(["files", "web"], diff.Changed.Select(change => change.New.Name));
        Assert.Equal(["shown"], diff.Presented.Select(change => change.New.Name));
        Assert.Equal(["same"], diff.Unchanged.Select(upstream => upstream.Name));
        Assert.Equal("+ github\n- old\n~ files: args\n~ web: url\n~ shown: prefix, include", diff.ToString());
        Assert.Empty(diff.Gateway);
    }

    [Fact]
    public void Diff_NamesOnlyTheType_WhenAServerMovesFromProcessToUrl()
    {
        var diff = ConfigurationDiff.Between(Hub(Files), Hub(Http("files", "http://a")));

        Assert.Equal("~ files: type", diff.ToString());
        Assert.True(Assert.Single(diff.Changed).NeedsConnection);
    }

    [Fact]
    public void Diff_NeverShowsEnvAndHeaders()
    {
        var old = Hub(WithEnv("1"), Http("web", "http://a")) with { Gateway = WithOtlp("secret1") };
        var next = Hub(WithEnv("secret2"), WithHeader("secret3")) with { Gateway = WithOtlp("secret4") };

        var text = ConfigurationDiff.Between(old, next).ToString();

        Assert.Equal("~ files: env\n~ web: headers\n~ gateway.telemetry.otlp.headers (after a restart)", text);
    }

    [Fact]
    public void Diff_ShowsSettingsAsTheFileGivesThem()
    {
        var next = new GatewayConfig
        {
            Naming = new NamingConfig { Prefix = PrefixMode.Never },
            Http = new HttpConfig { Path = "/x", AllowedHosts = ["a", "b"] },
            Timeouts = new TimeoutsConfig { Call = TimeSpan.FromSeconds(90) },
            Sizes = new SizesConfig { Request = 1024 },
        };

        var diff = ConfigurationDiff.Between(HubConfig.Default, HubConfig.Default with { Gateway = next });

        Assert.Equal(
            """
            ~ gateway.http.path: "/mcp" -> "/x" (after a restart)
            ~ gateway.http.allowedHosts: [] -> ["a", "b"]
            ~ gateway.naming.prefix: always -> never
            ~ gateway.timeouts.call: 2m -> 90s
            ~ gateway.sizes.request: 4MB -> 1KB
            """.ReplaceLineEndings("\n"),
            diff.ToString());
        Assert.Equal(["gateway.http.path"], diff.NeedRestart.Select(change => change.Setting));
    }

    [Fact]
    public void Diff_SaysSo_WhenOnlyTheOrderDiffers()
    {
        var diff = ConfigurationDiff.Between(Hub(Stdio("a", []), Stdio("b", [])), Hub(Stdio("b", []), Stdio("a", [])));

        Assert.False(diff.IsEmpty);
        Assert.Equal("~ order of the servers", diff.ToString());
    }

    [Fact]
    public void Diff_KeepsTheOrder_WhenAServerIsPutBetween()
    {
        var diff = ConfigurationDiff.Between(Hub(Stdio("a", []), Stdio("b", [])), Hub(Stdio("a", []), Stdio("c", []), Stdio("b", [])));

        Assert.False(diff.IsReordered);
    }

    [Fact]
    public void Settings_HoldEveryPropertyOfTheRecords()
    {
        Assert.Equal(
            RecordProperties.Of(typeof(GatewayConfig), "gateway").Select(property => property.Path).Order(StringComparer.Ordinal),
            GatewaySettings.All.Select(setting => setting.Path).Order(StringComparer.Ordinal));

        var upstream = new[] { typeof(UpstreamConfig), typeof(StdioTransportConfig), typeof(HttpTransportConfig) }
            .SelectMany(type => RecordProperties.Of(type, "").Select(property => property.Path.TrimStart('.')))
            .Except(["name", "transport", "flavour"])
            .Append("type");
        Assert.Equal(
            upstream.Order(StringComparer.Ordinal),
            UpstreamSettings.Connection.Concat(UpstreamSettings.Presentation).Select(setting => setting.Key).Order(StringComparer.Ordinal));
    }

    private static HubConfig Hub(params UpstreamConfig[] upstreams) => new() { Upstreams = upstreams };

    private static UpstreamConfig Stdio(string name, string[] args) =>
        new() { Name = name, Transport = new StdioTransportConfig { Command = "npx", Args = args } };

    private static UpstreamConfig Http(string name, string url) =>
        new() { Name = name, Transport = new HttpTransportConfig { Url = new Uri(url) } };

    private static UpstreamConfig WithEnv(string value) => Files with
    {
        Transport = (StdioTransportConfig)Files.Transport with { Env = new Dictionary<string, string> { ["A"] = value } },
    };

    private static UpstreamConfig WithHeader(string value) => new()
    {
        Name = "web",
        Transport = new HttpTransportConfig { Url = new Uri("http://a"), Headers = new Dictionary<string, string> { ["A"] = value } },
    };

    private static GatewayConfig WithOtlp(string value) => new()
    {
        Telemetry = new TelemetryConfig
        {
            Otlp = new OtlpConfig { Endpoint = new Uri("http://o"), Headers = new Dictionary<string, string> { ["A"] = value } },
        },
    };
}
