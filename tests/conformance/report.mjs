// Judges each scenario of a run and prints the table.
import { compareScenario } from './results.mjs';

/**
 * @param direct the scenarios of the direct run, or null if there was none
 * @param gateway the scenarios of the run through the gateway, or null if there was none
 * @param excepted scenario name -> { reason, checks? }
 * @param notOffered scenario name -> reason
 * @returns rows { name, direct, gateway, verdict, details, stale }
 */
export function judge(direct, gateway, excepted = {}, notOffered = {}) {
  const names = [...new Set([...(direct?.keys() ?? []), ...(gateway?.keys() ?? [])])].filter((name) => !(name in notOffered));
  return names.sort().map((name) => {
    const before = direct?.get(name);
    const after = gateway?.get(name);
    const problems = directProblems(direct, before).concat(gateway ? gatewayProblems(before, after) : []);
    const exception = excepted[name];
    const isExcepted = (problem) => problem.gateway && exception && (exception.checks?.includes(problem.id) ?? true);
    const open = problems.filter((problem) => !isExcepted(problem));
    return {
      name,
      direct: before,
      gateway: after,
      verdict: open.length > 0 ? open[0].kind : problems.length > 0 ? 'excepted' : 'ok',
      details: open,
      stale: Boolean(exception && gateway && problems.length === 0),
    };
  });
}

/**
 * Judges the scenarios in which the gateway is the client. There is no other client to compare it with, so every check that is known
 * has to succeed.
 * @param known scenario name -> how many checks succeed with a complete client
 */
export function judgeClient(known, run, excepted = {}) {
  return Object.entries(known).map(([name, checks]) => {
    const after = run.get(name);
    const problems = after ? failures(after, 'failed', true) : gatewayProblems(null, null);
    if (after && problems.length === 0 && after.ok < checks) {
      problems.push({ kind: 'lost', id: `${after.ok} checks where ${checks} are known`, gateway: true });
    }

    const exception = excepted[name];
    return {
      name,
      direct: { ok: checks, failed: 0 },
      gateway: after,
      verdict: problems.length === 0 ? 'ok' : exception ? 'excepted' : problems[0].kind,
      details: exception ? [] : problems,
      stale: Boolean(exception && problems.length === 0),
    };
  });
}

/**
 * Prints the rows of a run.
 * @param title of the run
 * @param before what the first column holds
 */
export function print(title, rows, before = 'direct') {
  const width = Math.max(title.length, ...rows.map((row) => row.name.length));
  const cell = (result) => (result ? `${result.ok}/${result.failed}` : '-').padStart(9);
  console.log(`\n${title.padEnd(width)}  ${before} ok/failed  gateway ok/failed  verdict`);
  for (const row of rows) {
    console.log(`${row.name.padEnd(width)}  ${cell(row.direct)}         ${cell(row.gateway)}          ${row.verdict}`);
  }

  const sum = (side) => rows.reduce((total, row) => total + (row[side]?.ok ?? 0), 0);
  console.log(`${`${rows.length} scenarios, checks ok`.padEnd(width)}  ${String(sum('direct')).padStart(9)}         ${String(sum('gateway')).padStart(9)}`);
  for (const row of rows) {
    for (const problem of row.details) {
      console.log(`  ${problem.kind} ${row.name}: ${problem.id}${problem.message ? ` (${problem.message})` : ''}`);
    }
    if (row.stale) {
      console.log(`  warning: ${row.name} is in exceptions.json for ${title} but passes; take it out`);
    }
  }
}

function directProblems(direct, before) {
  if (!direct) {
    return [];
  }
  return before ? failures(before, 'failed directly', false) : [{ kind: 'missing', id: 'the scenario did not run directly' }];
}

function gatewayProblems(before, after) {
  if (!after) {
    return [{ kind: 'missing', id: 'the scenario did not run through the gateway', gateway: true }];
  }
  if (!before) {
    return failures(after, 'failed', true);
  }

  const { lost, failed } = compareScenario(before, after);
  const replaced = new Set(failed.map((check) => check.id));
  return [
    ...failed.map((check) => ({ kind: 'failed', id: check.id, message: check.message, gateway: true })),
    ...lost.filter((check) => !replaced.has(check.id)).map((check) => ({ kind: 'lost', id: check.id, gateway: true })),
  ];
}

function failures(scenario, kind, gateway) {
  return scenario.checks
    .filter((check) => check.status === 'FAILURE')
    .map((check) => ({ kind, id: check.id, message: check.message, gateway }));
}
