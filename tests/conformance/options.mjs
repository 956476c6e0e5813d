// The command line of run.mjs.
import { parseArgs } from 'node:util';

export const usage = `usage: run.sh [direct|gateway|all] [--revision R]... [--upstream http|stdio] [--upstream-era both|legacy|modern] [--no-build]

  direct           the suite against the fixture server
  gateway          the suite through the gateway, compared with the last direct run if there is one
  all              both (default)
  --revision       one revision of the protocol; may be repeated (default: every one)
  --upstream       how the gateway reaches the fixture server (default: http)
  --upstream-era   which revisions the fixture server behind the gateway speaks (default: both)
  --no-build       both servers are built already, in Release`;

/**
 * How the suite is told to run a revision (all scenarios that apply, or the set frozen when the revision came out), and
 * what the fixture server is known to reach. Fewer checks would mean that a part of it is gone: a check that cannot be
 * made is left out rather than failed.
 */
export const revisions = {
  '2025-06-18': { args: ['--suite', 'all', '--spec-version', '2025-06-18'], scenarios: 27, checks: 56 },
  '2025-11-25': { args: ['--requirements', '2025-11-25'], scenarios: 33, checks: 84 },
  '2026-07-28': { args: ['--requirements', '2026-07-28'], scenarios: 50, checks: 197 },
};

/** @throws {Error} for an argument that makes no sense */
export function parseCommandLine(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      revision: { type: 'string', multiple: true },
      upstream: { type: 'string', default: 'http' },
      'upstream-era': { type: 'string', default: 'both' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });

  const mode = positionals[0] ?? 'all';
  const chosen = values.revision ?? Object.keys(revisions);
  if (positionals.length > 1) {
    throw new Error(`Unexpected argument '${positionals[1]}'.`);
  }
  oneOf('mode', mode, ['direct', 'gateway', 'all']);
  oneOf('--upstream', values.upstream, ['http', 'stdio']);
  oneOf('--upstream-era', values['upstream-era'], ['both', 'legacy', 'modern']);
  chosen.forEach((revision) => oneOf('--revision', revision, Object.keys(revisions)));

  return {
    help: values.help,
    direct: mode !== 'gateway',
    gateway: mode !== 'direct',
    revisions: [...new Set(chosen)],
    upstream: values.upstream,
    upstreamEra: values['upstream-era'],
    build: !values['no-build'],
  };
}

function oneOf(name, value, allowed) {
  if (!allowed.includes(value)) {
    throw new Error(`${name} must be one of ${allowed.join(', ')}, not '${value}'.`);
  }
}
