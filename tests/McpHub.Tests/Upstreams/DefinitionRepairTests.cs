using System.Text;
using McpHub.Catalog;
using McpHub.Upstreams;

namespace McpHub.Tests.Upstreams;

public sealed class DefinitionRepairTests
{
    [Theory]
    [InlineData("""{"name":"x"}""", """{"name":"x","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"x","inputSchema":null,"title":"T"}""", """{"name":"x","title":"T","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"x","inputSchema":{"properties":{"a":{}}}}""", """{"name":"x","inputSchema":{"properties":{"a":{}},"type":"object"}}""")]
    [InlineData("""{ "name": "x", "inputSchema": { "type": "object" } }""", """{ "name": "x", "inputSchema": { "type": "object" } }""")]
    public void Tool_HasASchemaOfAnObject_WhateverItsServerLeavesOut(string json, string expected) =>
        Assert.Equal(expected, Complete(json, ListMember.Tools, "\"x\""));

    [Theory]
    [InlineData("""{"uri":"a:b"}""", """{"uri":"a:b","name":"a:b"}""")]
    [InlineData("""{"uri":"a:b","name":7}""", """{"uri":"a:b","name":"a:b"}""")]
    [InlineData("""{"uri":"a:b","name":"B"}""", """{"uri":"a:b","name":"B"}""")]
    public void Resource_HasAName_WhateverItsServerLeavesOut(string json, string expected) =>
        Assert.Equal(expected, Complete(json, ListMember.Resources, "\"a:b\""));

    private static string Complete(string json, ListMember list, string key) =>
        Encoding.UTF8.GetString(DefinitionRepair.Complete(Encoding.UTF8.GetBytes(json), list, Encoding.UTF8.GetBytes(key)));
}
