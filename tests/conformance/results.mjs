// Reads what the suite wrote, and compares two runs of it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Entries of checks.json that record traffic rather than judge it. */
const traffic = /^(incoming|outgoing)-(request|response|sse-event)$|^stream-closed$/;

/**
 * The results of one run: scenario name -> { checks: [{ id, status, message }], ok, failed, other }.
 * @param {string} directory the suite's output directory
 */
export function readRun(directory) {
  const run = new Map();
  for (const entry of existsSync(directory) ? readdirSync(directory).sort() : []) {
    const file = join(directory, entry, 'checks.json');
    if (existsSync(file)) {
      run.set(scenarioName(entry), scenario(JSON.parse(readFileSync(file, 'utf8'))));
    }
  }
  return run;
}

/**
 * What one scenario lost on its way from a run to another. "No failure" is not enough to look at: where a feature is
 * missing, many checks turn into INFO, SKIPPED or WARNING, or are not made at all.
 * @returns {{ lost: object[], failed: object[] }} successes that are no longer there, and failures that are new
 */
export function compareScenario(before, after) {
  return {
    lost: surplus(before.checks, after?.checks ?? []).filter((check) => check.status === 'SUCCESS'),
    failed: surplus(after?.checks ?? [], before.checks).filter((check) => check.status === 'FAILURE'),
  };
}

/** Totals over a run. */
export function totals(run) {
  const scenarios = [...run.values()];
  return {
    scenarios: scenarios.length,
    clean: scenarios.filter((s) => s.failed === 0).length,
    ok: scenarios.reduce((sum, s) => sum + s.ok, 0),
    failed: scenarios.reduce((sum, s) => sum + s.failed, 0),
    other: scenarios.reduce((sum, s) => sum + s.other, 0),
  };
}

/** The directory of a scenario is server-<name>-<time>. */
function scenarioName(entry) {
  return entry.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '').replace(/^server-/, '');
}

function scenario(entries) {
  const checks = entries
    .filter((entry) => !traffic.test(entry.id))
    .map(({ id, status, errorMessage }) => ({ id, status, message: errorMessage ?? '' }));
  const count = (...statuses) => checks.filter((check) => statuses.includes(check.status)).length;
  return { checks, ok: count('SUCCESS'), failed: count('FAILURE'), other: count('WARNING', 'SKIPPED') };
}

/** The checks of a that b does not have as often, by id and status. */
function surplus(a, b) {
  const left = new Map();
  const key = (check) => `${check.id} ${check.status}`;
  for (const check of b) {
    left.set(key(check), (left.get(key(check)) ?? 0) + 1);
  }
  return a.filter((check) => {
    const n = left.get(key(check)) ?? 0;
    left.set(key(check), n - 1);
    return n <= 0;
  });
}
