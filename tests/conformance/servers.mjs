// The two servers of a run: the fixture, and the gateway in front of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start, waitFor } from './processes.mjs';

const root = join(import.meta.dirname, '..', '..');
const project = (folder, name) => ({
  folder: join(root, folder, name),
  dll: join(root, folder, name, 'bin', 'Release', 'net10.0', `${name}.dll`),
});
const fixture = project('tests', 'McpHub.ConformanceServer');
const gateway = project('src', 'McpHub.Server');

export const artifacts = join(root, 'artifacts', 'conformance');

/** Builds what a run needs. The compiler server and the build nodes would outlive the run, so there are none. */
export async function build(withGateway) {
  for (const { folder } of withGateway ? [fixture, gateway] : [fixture]) {
    const args = ['build', folder, '-c', 'Release', '-v', 'quiet', '-nologo', '-nodeReuse:false', '-p:UseSharedCompilation=false'];
    const child = start('dotnet', args, join(artifacts, 'build.log'));
    if ((await child.ended) !== 0) {
      throw new Error(`The build of ${folder} failed:\n${readFileSync(child.log, 'utf8')}`);
    }
  }
}

/** Starts the fixture server on a free port of loopback. */
export async function startFixture(era, log) {
  const child = start('dotnet', [fixture.dll, '--http', 'http://127.0.0.1:0', '--era', era], join(artifacts, log));
  const url = await waitFor(child, 'The fixture server', () => /^listening on (\S+)$/m.exec(readFileSync(child.log, 'utf8'))?.[1]);
  return { child, url };
}

/** What the gateway's configuration says of the fixture server. */
export const overHttp = (url) => ({ type: 'http', url });
export const overStdio = (era) => ({ type: 'stdio', command: 'dotnet', args: [fixture.dll, '--stdio', '--era', era] });

/**
 * Starts the gateway on a free port of loopback with one server, under the server's own names, and waits until it lists what that has:
 * the gateway itself answers before.
 * @param name of its files in the artifacts
 */
export async function startGateway(upstream, name = 'gateway') {
  const config = join(artifacts, `${name}.json`);
  writeFileSync(config, JSON.stringify({
    mcpServers: { fixture: upstream },
    gateway: { http: { url: 'http://127.0.0.1:0', path: '/mcp' }, naming: { prefix: 'never' }, builtInTools: false, state: { path: join(artifacts, 'state') } },
  }, null, 2));

  const child = start('dotnet', [gateway.dll, 'serve', '--config', config], join(artifacts, `${name}.log`));
  const url = await waitFor(child, 'The gateway', () => /^MCP endpoint: (\S+)$/m.exec(readFileSync(child.log, 'utf8'))?.[1]);
  await waitFor(child, 'The gateway, or the server behind it,', async () => {
    const response = await fetch(new URL('/health/ready', url)).catch(() => null);
    const { ready, total } = response ? (await response.json()).upstreams : {};
    return total > 0 && ready === total;
  }, 20_000);
  return { child, url };
}
