// Runs the suite on each revision's wire, directly and through the gateway, and says what the gateway lost.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine, usage } from './options.mjs';
import { stop, stopAll, tail } from './processes.mjs';
import { judge, judgeClient, print } from './report.mjs';
import { readRun } from './results.mjs';
import { clientScenarios, crossings, eraOf, revisions } from './scenarios.mjs';
import { artifacts, build, overHttp, overStdio, startFixture, startGateway } from './servers.mjs';
import { clientLogOf, outputOf, testClient, testServer } from './suite.mjs';

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
      await build(options.gateway || options.crossed || options.client);
    }
    if (options.direct) {
      await runDirect(options);
    }
    if (options.gateway) {
      await runThroughGateway('gateway', options, options.revisions);
    }
    if (options.crossed) {
      await runCrossed(options);
    }
    if (options.client) {
      await testClient(options.revisions);
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
  await testServer('direct', fixture.url, options.revisions);
  await stop(fixture.child);
}

/** The fixture server behind the gateway is a new one, so that nothing is left in it from the direct run. */
async function runThroughGateway(kind, options, wanted) {
  for (const era of new Set(wanted.map((revision) => serverEra(options, revision)))) {
    await runBehindGateway(kind, options.upstream, era, wanted.filter((revision) => serverEra(options, revision) === era));
  }
}

function serverEra({ upstreamEra }, revision) {
  return upstreamEra === 'same' ? eraOf(revision) : upstreamEra;
}

async function runBehindGateway(kind, upstream, upstreamEra, wanted) {
  const fixture = upstream === 'http' ? await startFixture(upstreamEra, `fixture-${kind}.log`) : null;
  const gateway = await startGateway(fixture ? overHttp(fixture.url) : overStdio(upstreamEra));
  await testServer(kind, gateway.url, wanted);
  await stop(gateway.child);
  if (fixture) {
    await stop(fixture.child);
  }
}

async function runCrossed({ upstream, revisions: wanted }) {
  for (const [revision, upstreamEra] of crossedOf(wanted)) {
    await runThroughGateway('crossed', { upstream, upstreamEra }, [revision]);
  }
}

function crossedOf(wanted) {
  return Object.entries(crossings).filter(([revision]) => wanted.includes(revision));
}

/** What is excepted depends on the server behind the gateway, too. */
function exceptionsOf(revision, { gateway, upstream, upstreamEra }) {
  return {
    ...(gateway && upstream === 'stdio' ? exceptions[`${revision}, server over stdio`] : {}),
    ...(gateway && upstreamEra === 'both' ? exceptions[`${revision}, server of both eras`] : {}),
    ...exceptions[revision],
  };
}

function report(options) {
  const { direct, gateway, crossed, client, revisions: wanted } = options;
  let short = 0;
  const rows = [];
  const add = (title, judged, before) => {
    print(title, judged, before);
    rows.push(...judged);
  };

  for (const revision of direct || gateway ? wanted : []) {
    const judged = judge(lastDirect(direct, revision), gateway ? readRun(outputOf('gateway', revision)) : null, exceptionsOf(revision, options), notOffered[revision]);
    add(revision, judged);
    if (direct && !reachesAll(revision, judged)) {
      short++;
    }
  }

  for (const [revision, era] of crossed ? crossedOf(wanted) : []) {
    const title = `${revision} client, ${era} server`;
    add(title, judge(lastDirect(direct, revision), readRun(outputOf('crossed', revision)), exceptions[title], notOffered[title]));
  }

  for (const revision of client ? wanted : []) {
    const title = `${revision}, gateway as client`;
    const judged = judgeClient(clientScenarios[revision], readRun(outputOf('client', revision)), exceptions[title]);
    add(title, judged, ' known');
    for (const { name } of judged.filter((row) => row.details.length > 0)) {
      // A check says what did not come; why it did not, only the client knows.
      console.log(`\n${name}, the end of its log:\n${tail(clientLogOf(revision, name), 45)}`);
    }
  }

  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  const failed = rows.length - count('ok') - count('excepted') + short;
  console.log(`\n${count('excepted')} excepted (tests/conformance/exceptions.json)`);
  console.log(`${count('ok')} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** What was reached without the gateway: just now, or when that was run last. */
function lastDirect(direct, revision) {
  const output = outputOf('direct', revision);
  return direct || existsSync(output) ? readRun(output) : null;
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
