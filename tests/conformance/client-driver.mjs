// What the suite starts for one client scenario: the gateway in front of the scenario's server, and a client that drives it as the
// scenario wants. The suite says by the environment which scenario it is.
//
// usage: node client-driver.mjs <url of the scenario's server>
import { LegacyClient, ModernClient } from './mcp-client.mjs';
import { stopAll, tail } from './processes.mjs';
import { overHttp, startGateway } from './servers.mjs';

const { MCP_CONFORMANCE_SCENARIO: scenario, MCP_CONFORMANCE_PROTOCOL_VERSION: revision, MCP_CONFORMANCE_CONTEXT: context } = process.env;

/** What to do for each; for those that are not here, connecting is enough. */
const scripts = {
  tools_call: (client) => callEach(client, ['add_numbers', { a: 5, b: 3 }]),
  'elicitation-sep1034-client-defaults': (client) => callEach(client, ['test_client_elicitation_defaults']),
  'sse-retry': (client) => callEach(client, ['test_reconnection']),
  'sep-2322-client-request-state': (client) =>
    callEach(client, ['test_mrtr_echo_state'], ['test_mrtr_unrelated'], ['test_mrtr_no_state'], ['test_mrtr_no_result_type']),
  'http-custom-headers': (client) => callEach(client, ...JSON.parse(context).toolCalls.map((call) => [call.name, call.arguments])),
  'http-standard-headers': useEverything,
  'http-invalid-tool-headers': callAll,
  'json-schema-ref-no-deref': listTools,
  'json-schema-2020-12-preservation': async (client) => {
    const tools = await listTools(client);
    const schema = tools.find((tool) => tool.name === 'json_schema_2020_12_tool').inputSchema;
    await callEach(client, ['json_schema_echo', { schema }]);
  },
};

try {
  const gateway = await startGateway(overHttp(process.argv[2]), `gateway-client-${revision}-${scenario}`);
  try {
    await scripts[scenario]?.(await connect(gateway.url));
  } catch (error) {
    throw new Error(`The client failed. The end of the gateway's log:\n${tail(gateway.child.log)}`, { cause: error });
  }
} finally {
  await stopAll();
}

async function connect(url) {
  if (revision >= '2026-07-28') {
    return new ModernClient(url);
  }

  const client = new LegacyClient(url);
  await client.connect(revision);
  return client;
}

async function listTools(client) {
  return (await client.request('tools/list')).tools;
}

/** Calls the tools that are given by name, and their arguments. */
async function callEach(client, ...calls) {
  const tools = await listTools(client);
  for (const [name, args] of calls) {
    await client.callTool(tools.find((tool) => tool.name === name), args);
  }
}

/** Calls whatever tool the gateway shows, with a text for every argument. */
async function callAll(client) {
  for (const tool of await listTools(client)) {
    await client.callTool(tool, Object.fromEntries(Object.keys(tool.inputSchema.properties ?? {}).map((name) => [name, 'text'])));
  }
}

async function useEverything(client) {
  await callAll(client);
  for (const { uri } of (await client.request('resources/list')).resources) {
    await client.request('resources/read', { uri });
  }
  for (const { name } of (await client.request('prompts/list')).prompts) {
    await client.request('prompts/get', { name });
  }
}
