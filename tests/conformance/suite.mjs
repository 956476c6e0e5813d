// Starts the suite, as the client of a server or with servers for a client, and keeps its output.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { start, tail } from './processes.mjs';
import { readRun } from './results.mjs';
import { clientScenarios, revisions } from './scenarios.mjs';
import { artifacts } from './servers.mjs';

const suite = join(import.meta.dirname, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
// As a URL: a folder with a space in its name would end the option.
const loopback = pathToFileURL(join(import.meta.dirname, 'loopback.mjs')).href;
// In quotes, because the suite hands it to a shell.
const driver = `"${process.execPath}" "${join(import.meta.dirname, 'client-driver.mjs')}"`;

/** The folder of what the suite wrote about a revision. */
export function outputOf(kind, revision) {
  return join(artifacts, `${kind}-${revision}`);
}

/** What the suite, and the gateway's client, printed in a scenario in which the gateway is the client. */
export function clientLogOf(revision, scenario) {
  return `${outputOf('client', revision)}-${scenario}.log`;
}

/** Has the suite test a server. */
export async function testServer(kind, url, wanted) {
  for (const revision of wanted) {
    console.log(`running ${revision} ${kind}: ${url}`);
    const output = newOutput(kind, revision);
    const child = await run(['server', '--url', url, ...revisions[revision].args, '-o', output], `${output}.log`);
    if (readRun(output).size === 0) {
      throw new Error(`The suite ran no scenario. The end of ${child.log}:\n${tail(child.log)}`);
    }
  }
}

/** Has the suite test the gateway as the client of its own servers: one scenario at a time, because each has a gateway to start. */
export async function testClient(wanted) {
  for (const revision of wanted) {
    console.log(`running ${revision} client`);
    const output = newOutput('client', revision);
    for (const scenario of Object.keys(clientScenarios[revision])) {
      const args = ['client', '--command', driver, '--scenario', scenario, '--spec-version', revision, '--timeout', '60000', '-o', output];
      await run(args, clientLogOf(revision, scenario));
    }
  }
}

function newOutput(kind, revision) {
  const output = outputOf(kind, revision);
  rmSync(output, { recursive: true, force: true });
  return output;
}

/** The exit code says whether scored scenarios failed; the verdict here is stricter and made of the results. */
async function run(args, log) {
  const child = start(process.execPath, [suite, ...args], log, { NODE_OPTIONS: `--import=${loopback}` });
  await child.ended;
  return child;
}
