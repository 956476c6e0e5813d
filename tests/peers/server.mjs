// A small MCP server (2025-11-25) without dependencies, which starts fast and can misbehave.
//
//   node server.mjs [--name NAME] [--http] [--tenacious] [--silent | --garbage | --exit]
//
//   --http       serves Streamable HTTP on a free port of loopback and prints its URL, instead of stdio
//   --tenacious  goes on when standard input ends and on SIGTERM
//   --silent     never answers; --garbage prints what is no JSON and never answers; --exit ends at once
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const flag = { type: 'boolean', default: false };
const { values: options } = parseArgs({
  options: { name: { type: 'string', default: 'small' }, http: flag, tenacious: flag, silent: flag, garbage: flag, exit: flag },
});

if (options.exit) {
  process.exit(3);
}

const message = { type: 'object', properties: { message: { type: 'string' }, count: { type: 'integer' } }, required: ['message'] };
const tools = [
  { name: 'echo', description: 'Answers with the name of the server and the message.', inputSchema: message },
  { name: 'together', description: 'Answers when as many calls as counted are there, the last first.', inputSchema: message },
];

const waiting = [];
const text = (value) => ({ content: [{ type: 'text', text: `${options.name}: ${value}` }] });

/** The result of a request, or a promise of it; undefined for a method that there is not. */
function answer(method, params) {
  switch (method) {
    case 'initialize':
      return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: options.name, version: '1.0.0' } };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools };
    case 'tools/call':
      return params.name === 'together' ? together(params.arguments) : text(params.arguments.message);
  }
}

function together({ message, count }) {
  return new Promise((resolve) => {
    if (waiting.push(() => resolve(text(message))) === count) {
      waiting.splice(0).reverse().forEach((release) => release());
    }
  });
}

async function respond({ id, method, params }) {
  const result = await answer(method, params);
  const error = { code: -32601, message: `Method not found: ${method}` };
  return JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) });
}

if (options.tenacious) {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 60_000);
}

if (options.http) {
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
    response.setHeader('Content-Type', 'application/json');
    response.writeHead(request.method !== 'POST' ? 405 : body.id === undefined ? 202 : 200);
    response.end(request.method === 'POST' && body.id !== undefined ? await respond(body) : undefined);
  });
  server.listen(0, '127.0.0.1', 4096, () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
} else {
  if (options.garbage) {
    console.log('Welcome! {"jsonrpc": this is no JSON\n[[[\n\u0000\u0001');
  }

  createInterface({ input: process.stdin }).on('line', async (line) => {
    const request = JSON.parse(line);
    if (!options.silent && !options.garbage && request.id !== undefined) {
      process.stdout.write((await respond(request)) + '\n');
    }
  });
}
