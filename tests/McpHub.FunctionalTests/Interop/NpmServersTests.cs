using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>What real servers answer, asked directly and through the gateway.</summary>
[Collection(NpmServersGroup.Name)]
public sealed class NpmServersTests(NpmServers servers)
{
    public static TheoryData<string, bool, string> Endpoints => new MatrixTheoryData<string, bool, string>(
        NpmServers.Names, [false, true], [RawPeer.Legacy, RawPeer.Modern]);

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Answers_EqualThoseOfTheServerItself_ThroughTheGateway(string server, bool isRoot, string revision)
    {
        var script = PeerScript.Of(server, servers.Folder);
        var direct = await servers.AskDirectlyAsync(server);
        var shared = isRoot && server == NpmServers.Remote ? await UrisAsync(NpmServers.Everything) : [];
        var renames = new DocumentedRenames(server, isRoot, shared);
        var peer = new RawHttpPeer(servers.Http, isRoot ? servers.Gateway.Root : servers.Gateway.EndpointOf(server), revision);
        await peer.OpenAsync();

        var answers = await servers.AskAsync(peer, script, renames.Request);

        Assert.Multiple([.. script.Select((request, i) => (Action)(() => AssertEqual(
            request, DocumentedRenames.Direct(direct[i], revision), renames.Answer(answers[i], revision))))]);
    }

    [Theory]
    [InlineData(NpmServers.Everything)]
    [InlineData(NpmServers.Remote)]
    [InlineData(NpmServers.Files)]
    [InlineData(NpmServers.Memory)]
    public async Task Script_CallsEveryTool(string server)
    {
        var script = PeerScript.Of(server, servers.Folder);
        var tools = (await servers.AskDirectlyAsync(server))[0]["result"]!["tools"]!.AsArray().Select(t => (string)t!["name"]!);

        Assert.Equal(tools.Order(), PeerScript.ToolsOf(server, script).Order());
    }

    [Fact]
    public async Task RootList_HasTheToolsOfAllServers_InTheOrderOfTheConfiguration()
    {
        var expected = new List<string>();
        foreach (var server in NpmServers.Names)
        {
            expected.AddRange((await servers.AskDirectlyAsync(server))[0]["result"]!["tools"]!.AsArray().Select(t => $"{server}_{t!["name"]}"));
        }

        var listed = await new RawHttpPeer(servers.Http, servers.Gateway.Root, RawPeer.Modern).RequestAsync("tools/list");

        Assert.Equal(expected, listed["result"]!["tools"]!.AsArray().Select(t => (string)t!["name"]!));
    }

    private static void AssertEqual(PeerRequest request, JsonObject direct, JsonObject throughGateway)
    {
        if (!JsonNode.DeepEquals(direct, throughGateway))
        {
            Assert.Fail($"{request.Method} {request.Parameters.ToJsonString()}\ndirectly: {direct.ToJsonString()}\nthrough the gateway: {throughGateway.ToJsonString()}");
        }
    }

    /// <summary>The URIs and URI templates that a server lists.</summary>
    private async Task<HashSet<string>> UrisAsync(string server)
    {
        var answers = await servers.AskDirectlyAsync(server);
        return [.. answers
            .SelectMany(a => (a["result"]?["resources"] ?? a["result"]?["resourceTemplates"])?.AsArray() ?? [])
            .Select(r => (string)(r!["uri"] ?? r["uriTemplate"])!)];
    }
}
