// The command line of run.mjs.
import { parseArgs } from 'node:util';
import { revisions } from './scenarios.mjs';

export const usage = `usage: run.sh [direct|gateway|crossed|client|all] [--revision R]... [--upstream http|stdio] [--upstream-era same|both|legacy|modern] [--no-build]

  direct           the suite against the fixture server
  gateway          the suite through the gateway, compared with the last direct run if there is one
  crossed          the same, with a server behind the gateway that speaks only the other era
  client           the suite's servers behind the gateway, which is their client
  all              all four (default)
  --revision       one revision of the protocol; may be repeated (default: every one)
  --upstream       how the gateway reaches the fixture server (default: http)
  --upstream-era   which revisions the fixture server behind the gateway speaks (default: those of the
                   client's era)
  --no-build       both servers are built already, in Release`;

/** @throws {Error} for an argument that makes no sense */
export function parseCommandLine(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      revision: { type: 'string', multiple: true },
      upstream: { type: 'string', default: 'http' },
      'upstream-era': { type: 'string', default: 'same' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });

  const mode = positionals[0] ?? 'all';
  const chosen = values.revision ?? Object.keys(revisions);
  if (positionals.length > 1) {
    throw new Error(`Unexpected argument '${positionals[1]}'.`);
  }
  oneOf('mode', mode, ['direct', 'gateway', 'crossed', 'client', 'all']);
  oneOf('--upstream', values.upstream, ['http', 'stdio']);
  oneOf('--upstream-era', values['upstream-era'], ['same', 'both', 'legacy', 'modern']);
  chosen.forEach((revision) => oneOf('--revision', revision, Object.keys(revisions)));

  return {
    help: values.help,
    direct: mode === 'direct' || mode === 'all',
    gateway: mode === 'gateway' || mode === 'all',
    crossed: mode === 'crossed' || mode === 'all',
    client: mode === 'client' || mode === 'all',
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
