// Runs the suite on each revision's wire, directly and through the gateway, and says what the gateway lost.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseCommandLine, revisions, usage } from './options.mjs';
import { start, stop, stopAll, tail } from './processes.mjs';
import { judge, print } from './report.mjs';
import { readRun } from './results.mjs';
import { artifacts, build, overHttp, overStdio, startFixture, startGateway } from './servers.mjs';

const suite = join(import.meta.dirname, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
// As a URL: a folder with a space in its name would end the option.
const loopback = pathToFileURL(join(import.meta.dirname, 'loopback.mjs')).href;
const { exceptions, notOffered } = JSON.parse(readFileSync(join(import.meta.dirname, 'exceptions.json'), 'utf8'));

process.exitCode = await main();

async function main() {
  let options;
  try {
    options = parseCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return 2;
  }

  if (options.help) {
    console.log(usage);
    return 0;
  }

  try {
    mkdirSync(artifacts, { recursive: true });
    if (options.build) {
      console.log('building');
      await build(options.gateway);
    }
    if (options.direct) {
      await runDirect(options);
    }
    if (options.gateway) {
      await runThroughGateway(options);
    }
    return report(options);
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    await stopAll();
  }
}

async function runDirect(options) {
  const fixture = await startFixture('both', 'fixture.log');
  await runSuite('direct', fixture.url, options.revisions);
  await stop(fixture.child);
}

/** The fixture server behind the gateway is a new one, so that nothing is left in it from the direct run. */
async function runThroughGateway({ upstream, upstreamEra, revisions: wanted }) {
  const fixture = upstream === 'http' ? await startFixture(upstreamEra, 'fixture-upstream.log') : null;
  const gateway = await startGateway(fixture ? overHttp(fixture.url) : overStdio(upstreamEra));
  await runSuite('gateway', gateway.url, wanted);
  await stop(gateway.child);
  if (fixture) {
    await stop(fixture.child);
  }
}

async function runSuite(kind, url, wanted) {
  for (const revision of wanted) {
    console.log(`running ${revision} ${kind}: ${url}`);
    const output = outputOf(kind, revision);
    rmSync(output, { recursive: true, force: true });
    const args = [suite, 'server', '--url', url, ...revisions[revision].args, '-o', output];
    const child = start(process.execPath, args, `${output}.log`, { NODE_OPTIONS: `--import=${loopback}` });

    // The exit code says whether scored scenarios failed; the verdict here is stricter and made of the results.
    await child.ended;
    if (readRun(output).size === 0) {
      throw new Error(`The suite ran no scenario. The end of ${child.log}:\n${tail(child.log)}`);
    }
  }
}

function report({ direct, gateway, revisions: wanted }) {
  let short = 0;
  const rows = wanted.flatMap((revision) => {
    const before = direct || existsSync(outputOf('direct', revision)) ? readRun(outputOf('direct', revision)) : null;
    const after = gateway ? readRun(outputOf('gateway', revision)) : null;
    const judged = judge(before, after, exceptions[revision], notOffered[revision]);
    print(revision, judged);
    if (direct && !reachesAll(revision, judged)) {
      short++;
    }
    return judged;
  });

  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  const failed = rows.length - count('ok') - count('excepted') + short;
  console.log(`\n${count('excepted')} excepted (tests/conformance/exceptions.json)`);
  console.log(`${count('ok')} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Whether the direct run made every check that the fixture server is known to pass. */
function reachesAll(revision, rows) {
  const { scenarios, checks } = revisions[revision];
  const ok = rows.reduce((sum, row) => sum + (row.direct?.ok ?? 0), 0);
  const reached = rows.length >= scenarios && ok >= checks;
  if (!reached) {
    console.log(`  failed: ${rows.length} scenarios with ${ok} checks directly, where ${scenarios} with ${checks} are known`);
  }
  return reached;
}

function outputOf(kind, revision) {
  return join(artifacts, `${kind}-${revision}`);
}
