// A small MCP client over Streamable HTTP, of both eras, that does what the suite's client scenarios want of one. It answers
// whatever it is asked as a user would who accepts every default.

const Modern = '2026-07-28';
const clientInfo = { name: 'conformance-driver', version: '1.0.0' };
const capabilities = { elicitation: {} };

/** A client of 2026-07-28: every request stands alone. */
export class ModernClient {
  #url;
  #lastId = 0;

  constructor(url) {
    this.#url = url;
  }

  /** @returns the result, after as many rounds of input as the server wants */
  async request(method, params = {}, headers = {}) {
    let round = {};
    for (;;) {
      const result = await this.#post(method, { ...params, ...round }, headers);
      if (result.resultType !== 'input_required') {
        return result;
      }

      const answers = Object.entries(result.inputRequests ?? {}).map(([key, asked]) => [key, answerTo(asked)]);
      round = { inputResponses: Object.fromEntries(answers), ...('requestState' in result && { requestState: result.requestState }) };
    }
  }

  /** Calls a tool as it was listed: the arguments that its schema annotates are mirrored in headers. */
  callTool(tool, args = {}) {
    const headers = Object.entries(tool.inputSchema.properties ?? {})
      .filter(([name, property]) => property['x-mcp-header'] && args[name] !== undefined && args[name] !== null)
      .map(([name, property]) => [`Mcp-Param-${property['x-mcp-header']}`, headerValue(String(args[name]))]);
    return this.request('tools/call', { name: tool.name, arguments: args }, Object.fromEntries(headers));
  }

  async #post(method, params, headers) {
    const name = params.name ?? params.uri;
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': Modern,
        'Mcp-Method': method,
        ...(name !== undefined && { 'Mcp-Name': headerValue(name) }),
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: ++this.#lastId,
        method,
        params: {
          ...params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': Modern,
            'io.modelcontextprotocol/clientCapabilities': capabilities,
            'io.modelcontextprotocol/clientInfo': clientInfo,
          },
        },
      }),
    });
    return resultOf(await responseIn(response, () => {}));
  }
}

/** A client with a session, of the revisions up to 2025-11-25. */
export class LegacyClient {
  #url;
  #lastId = 0;
  #headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

  constructor(url) {
    this.#url = url;
  }

  async connect(revision) {
    const id = ++this.#lastId;
    const response = await this.#post({ id, method: 'initialize', params: { protocolVersion: revision, capabilities, clientInfo } });
    const session = response.headers.get('mcp-session-id');
    const result = resultOf(await responseIn(response, () => {}));
    this.#headers['MCP-Protocol-Version'] = result.protocolVersion;
    if (session) {
      this.#headers['Mcp-Session-Id'] = session;
    }

    const notified = await this.#post({ method: 'notifications/initialized' });
    await notified.body?.cancel();
  }

  /** @returns the result; what the server asks meanwhile is answered */
  async request(method, params = {}) {
    const response = await this.#post({ id: ++this.#lastId, method, params });
    return resultOf(await responseIn(response, async (asked) => {
      const answered = await this.#post({ id: asked.id, result: answerTo(asked) });
      await answered.body?.cancel();
    }));
  }

  callTool(tool, args = {}) {
    return this.request('tools/call', { name: tool.name, arguments: args });
  }

  #post(message) {
    return fetch(this.#url, { method: 'POST', headers: this.#headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  }
}

/** Reads an answer to its response, be it JSON or an event stream, and hands over the requests that come before. */
async function responseIn(response, onRequest) {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    return response.json();
  }

  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split(/\r?\n\r?\n/);
    rest = events.pop();
    for (const event of events) {
      const data = event.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
      const message = data ? JSON.parse(data) : {};
      if ('result' in message || 'error' in message) {
        return message;
      }
      if ('id' in message) {
        await onRequest(message);
      }
    }
  }

  throw new Error('The stream ended without a response.');
}

function resultOf(response) {
  if (response.error) {
    throw new Error(`${response.error.code}: ${response.error.message}`);
  }
  return response.result;
}

function answerTo({ method, params }) {
  switch (method) {
    case 'elicitation/create':
      return { action: 'accept', content: fillIn(params.requestedSchema) };
    case 'roots/list':
      return { roots: [] };
    default:
      throw new Error(`The driver does not answer '${method}'.`);
  }
}

/** The form as a user leaves it who changes nothing: the defaults, and a value for what has none and is needed. */
function fillIn({ properties = {}, required = [] }) {
  const any = { boolean: true, string: 'text', number: 1, integer: 1 };
  const fields = Object.entries(properties)
    .map(([name, property]) => [name, property.default ?? (required.includes(name) ? any[property.type] : undefined)])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields);
}

/** A header value as 2026-07-28 encodes it. */
function headerValue(text) {
  const isPlain = /^[\t\x20-\x7e]*$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
