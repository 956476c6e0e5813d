// What the suite has for each revision, and how much of it is known to be reached.

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

/** The era of a revision: what a server that speaks "the same" speaks. */
export const eraOf = (revision) => (revision < '2026-07-28' ? 'legacy' : 'modern');

/** Runs in which the client's era is not the server's, by the revision of the client. */
export const crossings = {
  '2025-11-25': 'modern',
  '2026-07-28': 'legacy',
};

/**
 * The scenarios in which the gateway is the client, and how many checks a complete client passes. Those about authorization are
 * left out: the gateway does not log in to servers.
 */
export const clientScenarios = {
  '2025-06-18': { initialize: 1, tools_call: 2 },
  '2025-11-25': {
    initialize: 1,
    tools_call: 2,
    'elicitation-sep1034-client-defaults': 5,
    'json-schema-2020-12-preservation': 9,
    'sse-retry': 3,
  },
  '2026-07-28': {
    tools_call: 2,
    'http-custom-headers': 18,
    'http-invalid-tool-headers': 12,
    'http-standard-headers': 11,
    'json-schema-2020-12-preservation': 9,
    'json-schema-ref-no-deref': 1,
    'request-metadata': 5,
    'sep-2322-client-request-state': 5,
  },
};
