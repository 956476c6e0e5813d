// A real client of the TypeScript SDK against a gateway that has server-everything behind it under the name "everything".
// Prints what it saw as one line of JSON.
//
//   node client.mjs PACKAGE URL
//   node client.mjs PACKAGE COMMAND [ARGS]
//
// A URL that ends with /sse is spoken to over HTTP+SSE.
// PACKAGE is an SDK of any generation: "sdk-2024-11-05", "@modelcontextprotocol/sdk", "@modelcontextprotocol/client" …
const [sdk, target, ...args] = process.argv.slice(2);
const isSecond = sdk === '@modelcontextprotocol/client';
const modules = isSecond ? [sdk, sdk, `${sdk}/stdio`] : ['index', 'streamableHttp', 'stdio'].map((name) => `${sdk}/client/${name}.js`);
const [{ Client }, { StreamableHTTPClientTransport }, { StdioClientTransport }] = await Promise.all(modules.map((name) => import(name)));

const transport = await connection();
const handshake = listenForHandshake(transport);
const client = new Client({ name: 'peer', version: '1.0.0' }, isSecond ? { versionNegotiation: { mode: 'auto' } } : { capabilities: {} });

// The second generation has no parameter for the result's schema.
const call = (params, options) => (isSecond ? client.callTool(params, options) : client.callTool(params, undefined, options));

await client.connect(transport);
const progress = [];
const seen = {
  revision: isSecond ? client.getNegotiatedProtocolVersion() : handshake.protocolVersion,
  server: client.getServerVersion(),
  tools: (await client.listTools()).tools.map((tool) => tool.name),
  call: await call({ name: 'everything_echo', arguments: { message: 'grüße' } }),
  image: await call({ name: 'everything_get-tiny-image', arguments: {} }),
  structured: await call({ name: 'everything_get-structured-content', arguments: { location: 'Chicago' } }),
  slow: await call(
    { name: 'everything_trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } },
    { onprogress: (update) => progress.push(update) },
  ),
  progress,
  prompts: (await client.listPrompts()).prompts.map((prompt) => prompt.name),
  prompt: await client.getPrompt({ name: 'everything_args-prompt', arguments: { city: 'Bonn', state: 'NRW' } }),
  resources: (await client.listResources()).resources.map((resource) => resource.uri),
  templates: (await client.listResourceTemplates()).resourceTemplates.map((template) => template.uriTemplate),
  resource: await client.readResource({ uri: 'demo://resource/dynamic/text/7' }),
  completion: await client.complete({
    ref: { type: 'ref/prompt', name: 'everything_completable-prompt' },
    argument: { name: 'department', value: 'E' },
  }),
  unknownTool: await failure(call({ name: 'everything_nothing', arguments: {} })),
  unknownPrompt: await failure(client.getPrompt({ name: 'everything_nothing' })),
};
await client.close();
console.log(JSON.stringify(seen));

async function connection() {
  if (!/^https?:/.test(target)) {
    return new StdioClientTransport({ command: target, args, stderr: 'inherit' });
  }

  if (!target.endsWith('/sse')) {
    return new StreamableHTTPClientTransport(new URL(target));
  }

  const { SSEClientTransport } = await import(`${sdk}/client/sse.js`);
  return new SSEClientTransport(new URL(target));
}

// Not every generation tells which revision it agreed on, so the answer to 'initialize' is read as it passes.
function listenForHandshake(transport) {
  const result = {};
  let handler;
  Object.defineProperty(transport, 'onmessage', {
    get: () => handler,
    set: (value) => {
      handler = value && ((message, ...more) => {
        if (message.result?.serverInfo) {
          Object.assign(result, message.result);
        }

        return value(message, ...more);
      });
    },
  });
  return result;
}

async function failure(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}
