// Starts the processes of a test run, and ends every one of them, however the run itself ends.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const running = new Set();
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    interrupted = true;
    await stopAll();
    process.exit(130);
  });
}

// The last resort, where nothing can be awaited any more.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Starts a process whose output goes to a file.
 * @returns the child, with `log` (the file) and `ended` (a promise of its exit code)
 */
export function start(command, args, log, env = {}) {
  if (interrupted) {
    throw new Error('The run was interrupted.');
  }

  const output = openSync(log, 'w');
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  child.log = log;
  child.ended = new Promise((resolve) => {
    const end = (code) => {
      running.delete(child);
      resolve(code);
    };
    child.once('exit', (code) => end(code ?? -1));
    child.once('error', (error) => {
      writeSync(output, String(error));
      end(-1);
    });
  }).finally(() => closeSync(output));
  running.add(child);
  return child;
}

/** Asks a process to end, and makes it end where it does not. */
export async function stop(child) {
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await child.ended;
  clearTimeout(forced);
}

export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/**
 * Waits until `probe` returns something, while the process lives.
 * @throws {Error} with the end of the process's output, when it ended or took too long
 */
export async function waitFor(child, what, probe, timeout = 60_000) {
  let exitCode;
  child.ended.then((code) => (exitCode = code));
  for (const deadline = Date.now() + timeout; Date.now() < deadline && exitCode === undefined; await delay(100)) {
    const found = await probe();
    if (found) {
      return found;
    }
  }

  const reason = exitCode === undefined ? `took more than ${timeout / 1000} s` : `ended with code ${exitCode}`;
  throw new Error(`${what}: the process ${reason}. The end of ${child.log}:\n${tail(child.log)}`);
}

export function tail(file, lines = 15) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
