using McpHub.LoadTests.CommandLine;
using McpHub.LoadTests.Load;
using McpHub.LoadTests.Processes;
using McpHub.LoadTests.Servers;
using McpHub.LoadTests.Servers.Mcp;

namespace McpHub.LoadTests.Cases;

/// <summary>Starts the processes of all cases for clients of one era, and ends them.</summary>
internal sealed class CaseFleet(RunOptions options, McpEra era) : IDisposable
{
    private const int ToolsInList = 500;
    private const string NativeTool = "hub_echo";
    private const string UpstreamTool = "echo";
    private const string SlowUpstreamDelay = "1";

    /// <summary>Room for some 2,000 of the 10,000 results of <see cref="ZipfKeys"/>.</summary>
    private const string TightCache = "2MB";

    private readonly Stack<IDisposable> _owned = [];
    private (ChildProcess Process, Uri Endpoint)? _upstream;
    private (ChildProcess Process, Uri Endpoint)? _listUpstream;
    private (ChildProcess Process, Uri Endpoint)? _slowUpstream;

    public async Task<LoadCase> StartAsync(string name, CancellationToken cancellationToken) => name switch
    {
        CaseNames.Bare => await StartServedAsync(name, LoadRequest.CallTool(UpstreamTool, era, answersId: false), cancellationToken),
        CaseNames.Native => await StartGatewayAsync(name, NativeTool, GatewayConfigFile.Alone, cancellationToken),
        CaseNames.NativeMethod => await StartServedAsync(name, LoadRequest.CallTool(MethodServer.Tool, era), cancellationToken),
        CaseNames.Cached => await StartCachedAsync(cancellationToken),
        CaseNames.Upstream => await StartUpstreamAsync(cancellationToken),
        CaseNames.Proxy or CaseNames.ProxyClient => await StartProxyAsync(name, cancellationToken),
        CaseNames.Http => await StartHttpAsync(cancellationToken),
        CaseNames.Stdio => await StartGatewayAsync(
            name, UpstreamTool, port => GatewayConfigFile.InFrontOf(port, StdioUpstream), cancellationToken),
        CaseNames.ListUpstream => await StartListUpstreamAsync(cancellationToken),
        CaseNames.List => await StartListAsync(cancellationToken),
        CaseNames.StdioEcho => StartPipes(name, ProcessCommand.Serve("stdio-echo"), UpstreamTool, speaksMcp: false),
        CaseNames.StdioUpstream => StartPipes(name, StdioUpstream, UpstreamTool),
        CaseNames.StdioDownstream => StartStdioDownstream(),
        CaseNames.GovernedNative => await StartGovernedAsync(name, NativeTool, GatewayConfigFile.Alone, GatewayStages.All, cancellationToken),
        CaseNames.GovernedCached => await StartGovernedAsync(
            name, UpstreamTool, await InFrontOfUpstreamAsync(cancellationToken), GatewayStages.All, cancellationToken, isCached: true),
        CaseNames.GovernedProxy => await StartGovernedAsync(
            name, UpstreamTool, await InFrontOfUpstreamAsync(cancellationToken), GatewayStages.All, cancellationToken),
        CaseNames.ZipfUncached => await StartZipfAsync(name, config => config, cancellationToken),
        CaseNames.Zipf => await StartZipfAsync(name, config => config.Caching(UpstreamTool), cancellationToken),
        CaseNames.ZipfTight => await StartZipfAsync(name, config => config.Caching(UpstreamTool, TightCache), cancellationToken),
        _ when CaseNames.Stages.TryGetValue(name, out var stages) =>
            await StartGovernedAsync(name, NativeTool, GatewayConfigFile.Alone, stages, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such case."),
    };

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
            owned.Dispose();
    }

    // A server speaks what the client speaks unless told otherwise, so that nothing is translated on the way.
    private McpEra UpstreamEra => options.UpstreamEra ?? era;

    private string UpstreamEraName => UpstreamEra.ToString().ToLowerInvariant();

    private ProcessCommand StdioUpstream => ProcessCommand.Serve("stdio-upstream", "--era", UpstreamEraName);

    /// <summary>A server of this executable's own, by the name of its case.</summary>
    private async Task<LoadCase> StartServedAsync(
        string name, LoadRequest request, CancellationToken cancellationToken, params IEnumerable<string> more)
    {
        var port = Loopback.FreePort();
        var server = await StartServerAsync(port, ProcessCommand.ServeOn(port, name, more), cancellationToken);
        return await ReadyAsync(name, server, request, options.Connections, cancellationToken);
    }

    private async Task<LoadCase> StartUpstreamAsync(CancellationToken cancellationToken)
    {
        var upstream = _upstream ??= await StartUpstreamAsync(tools: 1, cancellationToken);
        return await ReadyAsync(
            CaseNames.Upstream, upstream, LoadRequest.CallTool(UpstreamTool, era), options.Connections, cancellationToken);
    }

    private async Task<LoadCase> StartProxyAsync(string name, CancellationToken cancellationToken)
    {
        var upstream = _upstream ??= await StartUpstreamAsync(tools: 1, cancellationToken);
        return await StartServedAsync(name, LoadRequest.CallTool(UpstreamTool, era), cancellationToken, "--upstream", upstream.Endpoint.ToString());
    }

    private async Task<LoadCase> StartHttpAsync(CancellationToken cancellationToken) =>
        await StartGatewayAsync(CaseNames.Http, UpstreamTool, await InFrontOfUpstreamAsync(cancellationToken), cancellationToken);

    private async Task<LoadCase> StartCachedAsync(CancellationToken cancellationToken)
    {
        var configure = await InFrontOfUpstreamAsync(cancellationToken);
        return await StartGatewayAsync(CaseNames.Cached, UpstreamTool, port => configure(port).Caching(UpstreamTool), cancellationToken);
    }

    private async Task<Func<int, GatewayConfigFile>> InFrontOfUpstreamAsync(CancellationToken cancellationToken)
    {
        var upstream = _upstream ??= await StartUpstreamAsync(tools: 1, cancellationToken);
        return port => GatewayConfigFile.InFrontOf(port, upstream.Endpoint);
    }

    private async Task<LoadCase> StartGovernedAsync(
        string name,
        string tool,
        Func<int, GatewayConfigFile> configure,
        GatewayStages stages,
        CancellationToken cancellationToken,
        bool isCached = false)
    {
        GatewayConfigFile config = null!;
        var gateway = await StartGatewayAsync(
            port =>
            {
                config = configure(port).With(stages);
                return isCached ? config.Caching(tool) : config;
            },
            cancellationToken);
        var token = stages.HasFlag(GatewayStages.Auth) ? await BearerToken.IssueAsync(options.GatewayPath, config.FilePath, cancellationToken) : null;
        var request = LoadRequest.CallTool(tool, era) with { Token = token };
        return await ReadyAsync(new HttpCase(name, gateway.Process, gateway.Endpoint, request, options.Connections, config.DeleteFinishedAuditFiles), cancellationToken);
    }

    private async Task<LoadCase> StartZipfAsync(
        string name, Func<GatewayConfigFile, GatewayConfigFile> configure, CancellationToken cancellationToken)
    {
        var upstream = _slowUpstream ??= await StartUpstreamAsync(tools: 1, cancellationToken, "--delay", SlowUpstreamDelay);
        var gateway = await StartGatewayAsync(port => configure(GatewayConfigFile.InFrontOf(port, upstream.Endpoint)), cancellationToken);
        var request = LoadRequest.CallToolWithKeys(UpstreamTool, era, new ZipfKeys());
        return await ReadyAsync(new ZipfCase(name, gateway.Process, gateway.Endpoint, request, options.Connections), cancellationToken);
    }

    private async Task<LoadCase> StartListUpstreamAsync(CancellationToken cancellationToken)
    {
        var upstream = _listUpstream ??= await StartUpstreamAsync(ToolsInList, cancellationToken);
        return await ReadyAsync(CaseNames.ListUpstream, upstream, LoadRequest.ListTools(era), [1], cancellationToken);
    }

    private async Task<LoadCase> StartListAsync(CancellationToken cancellationToken)
    {
        var upstream = _listUpstream ??= await StartUpstreamAsync(ToolsInList, cancellationToken);
        var gateway = await StartGatewayAsync(port => GatewayConfigFile.InFrontOf(port, upstream.Endpoint), cancellationToken);

        // The gateway may answer before it has the upstream's list: the last tool shows that it has.
        var request = LoadRequest.ListTools(era) with { Mark = "\"tool_0499\""u8.ToArray() };
        return await ReadyAsync(CaseNames.List, gateway, request, [1], cancellationToken);
    }

    private async Task<LoadCase> StartGatewayAsync(
        string name, string tool, Func<int, GatewayConfigFile> configure, CancellationToken cancellationToken)
    {
        var gateway = await StartGatewayAsync(configure, cancellationToken);
        return await ReadyAsync(name, gateway, LoadRequest.CallTool(tool, era), options.Connections, cancellationToken);
    }

    private PipeCase StartStdioDownstream()
    {
        var config = Own(GatewayConfigFile.Alone(Loopback.FreePort()));
        return StartPipes(
            CaseNames.StdioDownstream, ProcessCommand.Gateway(options.GatewayPath, "stdio", config.FilePath), NativeTool);
    }

    private PipeCase StartPipes(string name, ProcessCommand command, string tool, bool speaksMcp = true)
    {
        var request = LoadRequest.CallTool(tool, era);
        var process = Own(ChildProcess.Start(command, usesPipes: true));
        if (speaksMcp && era == McpEra.Legacy)
            StdioClient.Initialize(process);
        StdioClient.Call(process, request);
        return new PipeCase(name, process, request, options.InFlight);
    }

    private Task<(ChildProcess Process, Uri Endpoint)> StartUpstreamAsync(
        int tools, CancellationToken cancellationToken, params IEnumerable<string> more)
    {
        var port = Loopback.FreePort();
        var command = ProcessCommand.ServeOn(port, "upstream", ["--era", UpstreamEraName, "--tools", $"{tools}", .. more]);
        return StartServerAsync(port, command, cancellationToken);
    }

    private Task<(ChildProcess Process, Uri Endpoint)> StartGatewayAsync(
        Func<int, GatewayConfigFile> configure, CancellationToken cancellationToken)
    {
        var port = Loopback.FreePort();
        var config = Own(configure(port));
        return StartServerAsync(port, ProcessCommand.Gateway(options.GatewayPath, "serve", config.FilePath), cancellationToken);
    }

    private async Task<(ChildProcess Process, Uri Endpoint)> StartServerAsync(
        int port, ProcessCommand command, CancellationToken cancellationToken)
    {
        var process = Own(ChildProcess.Start(command));
        var address = new Uri($"http://127.0.0.1:{port}");
        await Readiness.WaitForHealthAsync(process, new Uri(address, LoopbackHost.ReadyPath), cancellationToken);
        return (process, new Uri(address, LoopbackHost.McpPath));
    }

    private static async Task<LoadCase> ReadyAsync(
        string name,
        (ChildProcess Process, Uri Endpoint) server,
        LoadRequest request,
        IReadOnlyList<int> levels,
        CancellationToken cancellationToken)
        => await ReadyAsync(new HttpCase(name, server.Process, server.Endpoint, request, levels), cancellationToken);

    private static async Task<LoadCase> ReadyAsync(HttpCase httpCase, CancellationToken cancellationToken)
    {
        await httpCase.WaitAsync(cancellationToken);
        return httpCase;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
