using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace McpHub.ConformanceServer.Tasks;

/// <summary>Puts questions to the client and waits for all of the answers, in whichever way the work is being done.</summary>
internal delegate Task<Dictionary<string, JsonElement>> TaskInput(IDictionary<string, InputRequest> questions);
