// What the suite starts for one client scenario: the gateway in front of the scenario's server, and a client that drives it as the
// scenario wants. The suite says by the environment which scenario it is.
//
// usage: node client-driver.mjs <url of the scenario's server>
import { setTimeout as delay } from 'node:timers/promises';
import { LegacyClient, ModernClient } from './mcp-client.mjs';
import { stopAll } from './processes.mjs';
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
  const gateway = await startGateway(overHttp(process.argv[2]), 'gateway-client');
  await untilConnected(gateway.url);
  await scripts[scenario]?.(await connect(gateway.url));
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

/** The gateway answers before its servers do; here, all that is wanted of it is one of them. */
async function untilConnected(url) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(100)) {
    const { upstreams } = await (await fetch(new URL('/health/ready', url))).json();
    if (upstreams.ready === upstreams.total) {
      return;
    }
  }
  throw new Error('The gateway does not get through to the server of the scenario.');
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
