using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

/// <summary>One case for each kind of mistake: the JSON, the path that is named, and a part of what is said.</summary>
public sealed class MistakeTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public static TheoryData<string, string, string> Files { get; } = new()
    {
        { "", "$", "the file is empty" },
        { "// nothing", "$", "the file is empty" },
        { "[]", "$", "is an array where an object belongs" },
        { "\"x\"", "$", "is a string where an object belongs" },
        { "{ \"mcpServers\": { }", "$", "not JSON" },
        { "{} {}", "$", "not JSON" },
        { "{ \"mcpServers\": 1 }", "$.mcpServers", "is a number where an object belongs" },
        { "{ \"mcpServers\": { \"a\": [] } }", "$.mcpServers.a", "is an array where an object belongs" },
        { "{ \"mcpServers\": {}, \"mcpServers\": {} }", "$.mcpServers", "is given a second time, after line 1" },
        { """{ "mcpServers": { "a": { "command": "x", "command": "y" } } }""", "$.mcpServers.a.command", "is given a second time" },
        { """{ "mcpServers": { "a": { "command": "x" } }, "servers": { "a": { "command": "x" } } }""", "$.servers.a", "is also defined at $.mcpServers.a" },
        { """{ "mcpServers": { "my files": { "command": "x" }, "My_Files": { "command": "x" } } }""", "$.mcpServers.My_Files", "the name becomes My_Files in URLs" },
        { """{ "mcpServers": { "": { "command": "x" } } }""", "$.mcpServers['']", "the name of the server is empty" },
        { """{ "mcpServers": { "a\u0007": { "command": "x" } } }""", "$.mcpServers['a\\u{7}']", "cannot be printed" },
        { """{ "mcpServers": { "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb12345": { "command": "x" } } }""", "$.mcpServers.aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb12345", "longer than 64" },
        { """{ "servers": { "a": { "command": "x", "args": ["${input:key}"] } }, "inputs": [] }""", "$.servers.a.args[0]", "asks for the input key" },
        { """{ "mcpServers": { "a": { "command": "\ud800" } } }""", "$.mcpServers.a.command", "half of a surrogate pair" },
        { """{ "mcpServers": { "a": { "command": "x" } }, "gateway": { "servers": { "b": {} } } }""", "$.gateway.servers.b", "not defined. Define it" },
        { """{ "mcpServers": { "github": { "command": "x" } }, "gateway": { "servers": { "gihtub": {} } } }""", "$.gateway.servers.gihtub", "Did you mean github?" },
        { """{ "mcpServers": { "a": { "command": "x" } }, "gateway": { "servers": { "a": { "tools": { "t": { "bulk": { "tool": "b", "itemsPath": "/i" } } } } } } }""", "$.gateway.servers.a.tools.t.bulk", "has no resultPath. Add \"resultPath\"" },
        { """{ "mcpServers": { "a": { "command": "x" } }, "gateway": { "servers": { "a": { "tools": { "t": { "bulk": { "tool": "b", "itemsPath": "i", "resultPath": "/r" } } } } } } }""", "$.gateway.servers.a.tools.t.bulk.itemsPath", "is no JSON pointer" },
        { "{ \"gateway\": [] }", "$.gateway", "is an array where an object belongs" },
    };

    public static TheoryData<string, string, string> Servers { get; } = new()
    {
        { "{}", "", "neither a command nor a url" },
        { """{ "type": "stdio" }""", "", "has no command" },
        { """{ "type": "http" }""", "", "has no url" },
        { """{ "command": "x", "url": "http://h" }""", "", "has both a command and a url" },
        { """{ "command": "x", "type": "sse" }""", ".type", "does not go with a command" },
        { """{ "url": "http://h", "type": "stdio" }""", ".type", "does not go with a url" },
        { """{ "url": "http://h", "type": "htpp" }""", ".type", "Did you mean http?" },
        { """{ "url": "http://h", "type": "ws" }""", ".type", "Write one of: stdio, http, streamable-http, streamableHttp, sse" },
        { """{ "url": "http://h", "type": true }""", ".type", "is a boolean where a string belongs" },
        { """{ "command": "" }""", ".command", "is empty" },
        { """{ "command": " " }""", ".command", "is empty" },
        { """{ "command": "a\u0000b" }""", ".command", "NUL" },
        { """{ "command": null }""", ".command", "is null where a string belongs. Leave the key out" },
        { """{ "command": 7 }""", ".command", "7 is a number where a string belongs. Put it in double quotes" },
        { """{ "command": ["x"] }""", ".command", "is an array where a string belongs" },
        { """{ "command": "x", "args": "-y" }""", ".args", "is a string where an array of strings belongs. Put it in brackets" },
        { """{ "command": "x", "args": ["a", 1] }""", ".args[1]", "is a number where a string belongs" },
        { """{ "command": "x", "args": { "a": 1 } }""", ".args", "is an object where an array of strings belongs" },
        { """{ "command": "x", "env": ["A=1"] }""", ".env", "is an array where an object of strings belongs" },
        { """{ "command": "x", "env": "A=1" }""", ".env", ": is a string where an object of strings belongs" },
        { """{ "command": "x", "env": { "A": 1 } }""", ".env.A", "*** is a number where a string belongs" },
        { """{ "command": "x", "env": { "": "1" } }""", ".env['']", "the name of the variable is empty" },
        { """{ "command": "x", "env": { "A=B": "1" } }""", ".env['A=B']", "holds =" },
        { """{ "command": "x", "env": { "A": "${NOT_SET}" } }""", ".env.A", "needs the environment variable NOT_SET, which is not set" },
        { """{ "command": "x", "cwd": "" }""", ".cwd", "is empty" },
        { """{ "command": "x", "cwd": 1 }""", ".cwd", "is a number" },
        { """{ "command": "x", "envFile": "absent.env" }""", ".envFile", "does not exist" },
        { """{ "command": "x", "envFile": "bad.env" }""", ".envFile", "is not made of NAME=VALUE in line 2" },
        { """{ "command": "x", "disabled": "true" }""", ".disabled", "Write true or false, without quotes" },
        { """{ "command": "${NOT_SET}" }""", ".command", "NOT_SET" },
        { """{ "command": "${env:NOT_SET}" }""", ".command", "NOT_SET" },
        { """{ "command": "${file:absent}" }""", ".command", "needs the file absent, which does not exist" },
        { """{ "command": "${file:}" }""", ".command", "which has no name" },
        { """{ "command": "${config:a.b}" }""", ".command", "holds ${config:a.b}, which is no known reference" },
        { """{ "command": "${}" }""", ".command", "no known reference" },
        { """{ "command": "a${b" }""", ".command", "opens a ${ that is not closed" },
        { """{ "url": "" }""", ".url", "is not an absolute http or https URL" },
        { """{ "url": "h/mcp" }""", ".url", "is not an absolute http or https URL" },
        { """{ "url": "ws://h/mcp" }""", ".url", "is not an absolute http or https URL" },
        { """{ "url": "http://h/#x" }""", ".url", "has a fragment" },
        { """{ "url": {} }""", ".url", "is an object where a string belongs" },
        { """{ "url": "http://h", "headers": [] }""", ".headers", "is an array where an object of strings belongs" },
        { """{ "url": "http://h", "headers": { "A B": "x" } }""", ".headers['A B']", "a character that headers may not have" },
        { """{ "url": "http://h", "headers": { "": "x" } }""", ".headers['']", "the name of the header is empty" },
        { """{ "url": "http://h", "headers": { "A": "x\r\nB: y" } }""", ".headers.A", "*** holds a line break" },
        { """{ "url": "http://h", "headers": { "A": "é" } }""", ".headers.A", "*** holds a character that is not ASCII" },
        { """{ "url": "http://h", "headers": { "A": true } }""", ".headers.A", "is a boolean where a string belongs" },
        { """{ "url": "http://h", "headers": { "X": "1", "x": "2" } }""", ".headers.x", "only in upper and lower case" },
    };

    public static TheoryData<string, string, string> Gateways { get; } = new()
    {
        { """{ "batch": { "maxItems": 0 } }""", ".batch.maxItems", "1 to 1000" },
        { """{ "batch": { "timeout": "0s" } }""", ".batch.timeout", "1ms to 24h" },
        { """{ "batch": { "microBatch": { "maxBatchSize": 1 } } }""", ".batch.microBatch.maxBatchSize", "2 to 1000" },
        { """{ "streams": { "maxActive": 0 } }""", ".streams.maxActive", "1 to 100000" },
        { """{ "streams": { "lowWatermark": "128KB" } }""", ".streams.lowWatermark", "lowWatermark (128KB) is not below highWatermark (128KB)" },
        { """{ "streams": { "highWatermark": "8MB" } }""", ".streams.highWatermark", "Lower highWatermark, or raise maxBytes" },
        { """{ "streams": { "maxTotalBytes": "1MB" } }""", ".streams.maxTotalBytes", "maxBytes (4MB) is not below maxTotalBytes (1MB)" },
        { """{ "streams": { "retention": "25h" } }""", ".streams.retention", "1ms to 24h" },
        { """{ "cache": true }""", ".cache", "is a boolean where an object belongs" },
        { """{ "cache": { "tools": { "get_*": { "ttl": "0s" } } } }""", ".cache.tools['get_*'].ttl", "1ms to 24h" },
        { """{ "cache": { "tools": { "a": { "scope": "all" } } } }""", ".cache.tools.a.scope", "Write one of: caller, shared" },
        { """{ "cache": { "tools": { "a": { "tags": ["x:{"] } } } }""", ".cache.tools.a.tags[0]", "a brace without its partner" },
        { """{ "cache": { "tools": { "": {} } } }""", ".cache.tools['']", "the pattern is empty" },
        { """{ "cache": { "invalidates": { "set": ["agent:*"] } } }""", ".cache.invalidates.set[0]", "holds * or ?" },
        { """{ "cache": { "warm": {} } }""", ".cache.warm", "is not an array" },
        { """{ "cache": { "warm": [{ "arguments": {} }] } }""", ".cache.warm[0]", "names no tool" },
        { """{ "cache": { "maxBytes": "10" } }""", ".cache.maxBytes", "1KB to 1GB" },
        { """{ "cache": { "invalidationPath": "/mcp/cache" } }""", ".cache.invalidationPath", "where MCP is served" },
        { """{ "name": "" }""", ".name", "is empty" },
        { """{ "name": "a\nb" }""", ".name", "cannot be printed" },
        { """{ "name": "${NOT_SET}" }""", ".name", "NOT_SET" },
        { """{ "instructions": [] }""", ".instructions", "is an array where a string belongs" },
        { """{ "builtInTools": 1 }""", ".builtInTools", "is a number where true or false belongs" },
        { """{ "pageSize": 0 }""", ".pageSize", "0 is out of range. Write a value from 1 to 10000" },
        { """{ "pageSize": 10001 }""", ".pageSize", "out of range" },
        { """{ "pageSize": 99999999999999999999 }""", ".pageSize", "out of range" },
        { """{ "pageSize": 1.5 }""", ".pageSize", "where a whole number belongs" },
        { """{ "pageSize": "5" }""", ".pageSize", "Write the number without quotes" },
        { """{ "http": "x" }""", ".http", "is a string where an object belongs" },
        { """{ "http": { "url": "127.0.0.1:8080" } }""", ".http.url", "is not an absolute http or https URL" },
        { """{ "http": { "url": "unix:///x" } }""", ".http.url", "is not an absolute http or https URL" },
        { """{ "http": { "url": "http://*:80" } }""", ".http.url", "Write \"http://0.0.0.0:8080\"" },
        { """{ "http": { "url": "http://localhost:80/mcp" } }""", ".http.url", "Put the path into $.gateway.http.path" },
        { """{ "http": { "url": "http://u:p@localhost" } }""", ".http.url", "\"http://***@localhost\" holds a user name" },
        { """{ "http": { "url": "http://0.0.0.0:80" } }""", ".http.url", "Configure $.gateway.auth, set $.gateway.http.allowRemote to true" },
        { """{ "http": { "url": "http://example.com", "allowRemote": false } }""", ".http.url", "no authentication" },
        { """{ "http": { "allowRemote": "yes" } }""", ".http.allowRemote", "is a string where true or false belongs" },
        { """{ "http": { "path": "" } }""", ".http.path", "does not start with /" },
        { """{ "http": { "path": "mcp" } }""", ".http.path", "does not start with /" },
        { """{ "http": { "path": "/mcp/" } }""", ".http.path", "ends with /" },
        { """{ "http": { "path": "/" } }""", ".http.path", "ends with /" },
        { """{ "http": { "path": "/m p" } }""", ".http.path", "holds a character other than" },
        { """{ "http": { "path": "/{x}" } }""", ".http.path", "holds a character other than" },
        { """{ "http": { "path": "/a//b" } }""", ".http.path", "empty segment" },
        { """{ "http": { "path": "/a/../b" } }""", ".http.path", "empty segment, . or .." },
        { """{ "http": { "path": "/health/x" } }""", ".http.path", "its own health" },
        { """{ "http": { "allowedOrigins": "*" } }""", ".http.allowedOrigins", "is a string where an array" },
        { """{ "http": { "allowedOrigins": ["app.example.com"] } }""", ".http.allowedOrigins[0]", "is not an origin" },
        { """{ "http": { "allowedOrigins": ["https://a/b"] } }""", ".http.allowedOrigins[0]", "is not an origin" },
        { """{ "http": { "allowedHosts": ["http://h"] } }""", ".http.allowedHosts[0]", "is not a host name" },
        { """{ "http": { "allowedHosts": ["h:80"] } }""", ".http.allowedHosts[0]", "is not a host name" },
        { """{ "naming": { "prefix": "Allways" } }""", ".naming.prefix", "Did you mean always? Write one of: always, conflict, never" },
        { """{ "naming": { "separator": "" } }""", ".naming.separator", "1 to 3 of the characters" },
        { """{ "naming": { "separator": "____" } }""", ".naming.separator", "1 to 3 of the characters" },
        { """{ "naming": { "separator": "." } }""", ".naming.separator", "1 to 3 of the characters" },
        { """{ "timeouts": { "call": 30 } }""", ".timeouts.call", "30 is a number without a unit. Write \"30s\" for seconds" },
        { """{ "timeouts": { "call": "30" } }""", ".timeouts.call", "is a number without a unit" },
        { """{ "timeouts": { "call": "30 s" } }""", ".timeouts.call", "is not a duration" },
        { """{ "timeouts": { "call": "-1s" } }""", ".timeouts.call", "is not a duration" },
        { """{ "timeouts": { "call": "0s" } }""", ".timeouts.call", "Write a value from 1ms to 24h" },
        { """{ "timeouts": { "start": "25h" } }""", ".timeouts.start", "out of range" },
        { """{ "timeouts": { "drain": true } }""", ".timeouts.drain", "where a duration such as \"30s\" belongs" },
        { """{ "sizes": { "request": 1 } }""", ".sizes.request", "Write a value from 1KB to 1GB" },
        { """{ "sizes": { "request": "2GB" } }""", ".sizes.request", "out of range" },
        { """{ "sizes": { "request": "4 megs" } }""", ".sizes.request", "is not a size" },
        { """{ "sizes": { "request": 1.5 } }""", ".sizes.request", "is not a size" },
        { """{ "sizes": { "response": [] } }""", ".sizes.response", "where a size such as \"4MB\" belongs" },
        { """{ "sessions": { "idle": "1ms" } }""", ".sessions.idle", "Write a value from 1s to 720h" },
        { """{ "sessions": { "max": 0 } }""", ".sessions.max", "out of range" },
        { """{ "limits": { "rules": {} } }""", ".limits.rules", "is an object where an array of objects belongs" },
        { """{ "limits": { "rules": [{ "kind": "concurrency", "permits": 1 }] } }""", ".limits.rules[0]", "has no per. Add \"per\", one of: caller, tool, server, global" },
        { """{ "limits": { "rules": [{ "per": "caller", "permits": 1 }] } }""", ".limits.rules[0]", "has no kind" },
        { """{ "limits": { "rules": [{ "per": "caller", "kind": "concurrency" }] } }""", ".limits.rules[0]", "has no permits" },
        { """{ "limits": { "rules": [{ "per": "user", "kind": "concurrency", "permits": 1 }] } }""", ".limits.rules[0].per", "Write one of: caller, tool, server, global" },
        { """{ "limits": { "rules": [{ "per": "tool", "kind": "concurrency", "permits": 0 }] } }""", ".limits.rules[0].permits", "Write a value from 1 to 1000000" },
        { """{ "limits": { "rules": [{ "per": "tool", "kind": "concurrency", "permits": 1, "every": "1s" }] } }""", ".limits.rules[0].every", "does not go with this kind" },
        { """{ "limits": { "rules": [{ "per": "tool", "kind": "slidingWindow", "permits": 1, "burst": 2 }] } }""", ".limits.rules[0].burst", "choose the kind tokenBucket" },
        { """{ "limits": { "rules": [{ "per": "tool", "kind": "tokenBucket", "permits": 1, "queue": 2 }] } }""", ".limits.rules[0].queue", "refused at once" },
        { """{ "limits": { "tiers": [{}, { "name": "b", "tools": ["x"] }] } }""", ".limits.tiers[0]", "has no name" },
        { """{ "limits": { "tiers": [{ "name": "a", "tools": ["x"] }, { "name": "a" }] } }""", ".limits.tiers[1].name", "is the name of another tier" },
        { """{ "limits": { "tiers": [{ "name": "a" }, { "name": "b" }] } }""", ".limits.tiers[1]", "has neither tools nor categories, as the tier a" },
        { """{ "limits": { "tiers": [{ "name": "a", "queue": 1 }] } }""", ".limits.tiers[0].queue", "has nothing to wait for" },
        { """{ "audit": { "mode": "durable" } }""", ".audit", "says how to record, and not whether" },
        { """{ "audit": { "enabled": true, "mode": "strict" } }""", ".audit.mode", "Write one of: relaxed, durable" },
        { """{ "audit": { "enabled": true, "whenFull": "drop" } }""", ".audit.whenFull", "Write one of: wait, refuse" },
        { """{ "audit": { "enabled": true, "queue": 0 } }""", ".audit.queue", "out of range" },
        { """{ "audit": { "enabled": true, "redactNames": ["--"] } }""", ".audit.redactNames[0]", "holds neither letter nor digit" },
        { """{ "audit": { "enabled": true, "redactPatterns": ["("] } }""", ".audit.redactPatterns[0]", "is no regular expression" },
        { """{ "audit": { "enabled": true, "redactPatterns": ["(?x) acct-[0-9]+ # accounts"] } }""", ".audit.redactPatterns[0]", "is no regular expression" },
        { """{ "audit": { "enabled": true, "redactPatterns": ["(?=a)b"] } }""", ".audit.redactPatterns[0]", "Lookarounds" },
        { """{ "audit": { "enabled": true, "redactPatterns": ["a*"] } }""", ".audit.redactPatterns[0]", "matches the empty text" },
        { """{ "telemetry": { "prometheus": null } }""", ".telemetry.prometheus", "is null where true or false belongs" },
        { """{ "telemetry": { "otlp": {} } }""", ".telemetry.otlp", "has no endpoint" },
        { """{ "telemetry": { "otlp": { "endpoint": "localhost:4317" } } }""", ".telemetry.otlp.endpoint", "is not an absolute" },
        { """{ "telemetry": { "otlp": { "endpoint": "http://o", "protocol": "json" } } }""", ".telemetry.otlp.protocol", "grpc, http/protobuf" },
        { """{ "telemetry": { "otlp": { "endpoint": "http://o", "headers": { "k": 1 } } } }""", ".telemetry.otlp.headers.k", "*** is a number" },
        { """{ "servers": [] }""", ".servers", "is an array where an object belongs" },
        { """{ "servers": { "s": 1 } }""", ".servers.s", "is a number where an object belongs" },
        { """{ "servers": { "s": { "prefix": "a.b" } } }""", ".servers.s.prefix", "1 to 64 of the characters" },
        { """{ "servers": { "s": { "include": [""] } } }""", ".servers.s.include[0]", "is empty" },
        { """{ "servers": { "s": { "exclude": "x" } } }""", ".servers.s.exclude", "is a string where an array" },
        { """{ "servers": { "s": { "category": "" } } }""", ".servers.s.category", "is empty" },
        { """{ "servers": { "s": { "timeout": 5 } } }""", ".servers.s.timeout", "without a unit" },
        { """{ "servers": { "s": { "tools": [] } } }""", ".servers.s.tools", "is an array" },
        { """{ "servers": { "s": { "tools": { "": {} } } } }""", ".servers.s.tools['']", "the name of the tool is empty" },
        { """{ "servers": { "s": { "tools": { "t": "x" } } } }""", ".servers.s.tools.t", "is a string where an object belongs" },
        { """{ "servers": { "s": { "tools": { "t": { "name": "a b" } } } } }""", ".servers.s.tools.t.name", "1 to 64 of the characters" },
        { """{ "servers": { "s": { "tools": { "t": { "name": "n" }, "u": { "name": "n" } } } } }""", ".servers.s.tools.u.name", "is also the name given at $.gateway.servers.s.tools.t.name" },
    };

    public static TheoryData<string, string, string> Warnings { get; } = new()
    {
        { """{ "mcpServer": {} }""", "$.mcpServer", "Did you mean mcpServers?" },
        { """{ "globalShortcut": "x" }""", "$.globalShortcut", "is not a known setting and is ignored" },
        { """{ "inputs": [{ "id": "k" }] }""", "$.inputs", "a gateway has nobody to ask" },
        { """{ "mcpServers": { "a": { "command": "x", "Args": [] } } }""", "$.mcpServers.a.Args", "Did you mean args?" },
        { """{ "mcpServers": { "a": { "command": "x", "timeout": 5 } } }""", "$.mcpServers.a.timeout", "Put it into $.gateway.servers.a" },
        { """{ "mcpServers": { "a": { "command": "npx -y x" } } }""", "$.mcpServers.a.command", "looks like a whole command line" },
        { """{ "mcpServers": { "a": { "command": "x", "headers": { "A": "b" } } } }""", "$.mcpServers.a.headers", "has no effect beside a command" },
        { """{ "mcpServers": { "a": { "url": "http://h", "env": {} } } }""", "$.mcpServers.a.env", "has no effect beside a url" },
        { """{ "mcpServers": { "a": { "url": "http://u:p@h" } } }""", "$.mcpServers.a.url", "\"http://***@h\" holds a user name" },
        { """{ "mcpServers": { "a": { "url": "${NOT_SET}", "disabled": true } } }""", "$.mcpServers.a.url", "NOT_SET" },
        { """{ "mcpServers": { "a": { "command": "x", "envFile": "absent", "disabled": true } } }""", "$.mcpServers.a.envFile", "does not exist" },
        { """{ "gateway": { "pagesize": 5 } }""", "$.gateway.pagesize", "Did you mean pageSize?" },
        { """{ "gateway": { "naming": { "seperator": "_" } } }""", "$.gateway.naming.seperator", "Did you mean separator?" },
        { """{ "mcpServers": { "a": { "command": "x" } }, "gateway": { "servers": { "a": { "tools": { "t": { "nam": "n" } } } } } }""", "$.gateway.servers.a.tools.t.nam", "Did you mean name?" },
    };

    public static TheoryData<string> OwnedHeaders { get; } =
    [
        "Host", "content-length", "Content-Type", "Accept", "Transfer-Encoding", "Connection", "Mcp-Session-Id", "MCP-Protocol-Version",
        "Mcp-Method", "Mcp-Name", "Mcp-Param-Region", "Last-Event-ID",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void File_IsRefusedWithPathAndReason_WhenItIsWrong(string json, string path, string fragment) =>
        AssertError(json, path, fragment);

    [Theory]
    [MemberData(nameof(Servers))]
    public void Server_IsRefusedWithPathAndReason_WhenItIsWrong(string entry, string path, string fragment)
    {
        _folder.Write("bad.env", "A=1\nhunter2\n");
        AssertError($$$"""{ "mcpServers": { "s": {{{entry}}} } }""", "$.mcpServers.s" + path, fragment);
    }

    [Theory]
    [MemberData(nameof(Gateways))]
    public void Gateway_IsRefusedWithPathAndReason_WhenItIsWrong(string section, string path, string fragment) =>
        AssertError($$$"""{ "mcpServers": { "s": { "command": "x" } }, "gateway": {{{section}}} }""", "$.gateway" + path, fragment);

    [Theory]
    [MemberData(nameof(OwnedHeaders))]
    public void Header_IsRefused_WhenTheGatewaySetsIt(string name) => AssertError(
        $$$"""{ "mcpServers": { "s": { "url": "http://h", "headers": { "{{{name}}}": "x" } } } }""",
        name.Contains('-') ? $"$.mcpServers.s.headers['{name}']" : $"$.mcpServers.s.headers.{name}",
        "is a header that the gateway sets itself");

    [Theory]
    [MemberData(nameof(Warnings))]
    public void Configuration_IsUsedWithAWarning_WhenTheMistakeIsHarmless(string json, string path, string fragment)
    {
        var result = _folder.Read(json);

        Assert.NotNull(result.Config);
        var issue = Assert.Single(result.Issues);
        Assert.Equal(IssueSeverity.Warning, issue.Severity);
        Assert.Equal(path, issue.Path);
        Assert.Contains(fragment, issue.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Syntax_IsReportedWithLineAndColumn()
    {
        var issue = Assert.Single(_folder.Read("{\n  \"é\": 1,\n  \"é\" 2\n}").Issues);

        Assert.Equal((3, 7), (issue.Line, issue.Column));
    }

    [Fact]
    public void Encoding_IsReported_WhenItIsNotUtf8()
    {
        var path = Path.Combine(_folder.Root, "x.json");
        File.WriteAllBytes(path, [.. "{ \"a\": \""u8, 0xFF, .. "\" }"u8]);
        var bytes = Assert.Single(ConfigurationReader.Read(path).Issues);
        File.WriteAllText(path, "{}", System.Text.Encoding.Unicode);
        var utf16 = Assert.Single(ConfigurationReader.Read(path).Issues);

        Assert.Contains("is not valid UTF-8", bytes.Problem, StringComparison.Ordinal);
        Assert.Equal(9, bytes.Column);
        Assert.Contains("UTF-16", utf16.Problem, StringComparison.Ordinal);
    }

    private void AssertError(string json, string path, string fragment)
    {
        var result = _folder.Read(json);

        Assert.Null(result.Config);
        var issue = Assert.Single(result.Issues, issue => issue.Severity is IssueSeverity.Error);
        Assert.Equal(path, issue.Path);
        Assert.Contains(fragment, issue.ToString(), StringComparison.Ordinal);
        Assert.NotNull(issue.Line);
    }
}
