// usage: node summarize.mjs <output directory of the suite>
import { readRun, totals } from './results.mjs';

const [directory] = process.argv.slice(2);
if (!directory) {
  console.error('usage: node summarize.mjs <output directory of the suite>');
  process.exit(2);
}

const run = readRun(directory);
for (const [name, { ok, failed, other }] of run) {
  console.log(`${name.padEnd(48)} ok ${String(ok).padStart(3)}  failed ${String(failed).padStart(2)}  other ${String(other).padStart(2)}`);
}

const sum = totals(run);
console.log(`${sum.clean} of ${sum.scenarios} scenarios without a failure; checks: ${sum.ok} ok, ${sum.failed} failed, ${sum.other} other`);
process.exit(sum.scenarios > 0 && sum.failed === 0 ? 0 : 1);
