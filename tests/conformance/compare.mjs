// usage: node compare.mjs <output of a run> <output of a later run>
// Exits with 1 if any scenario lost a success or has a new failure.
import { compareScenario, readRun } from './results.mjs';

const [before, after] = process.argv.slice(2);
if (!after) {
  console.error('usage: node compare.mjs <output of a run> <output of a later run>');
  process.exit(2);
}

const later = readRun(after);
let worse = 0;
for (const [name, scenario] of readRun(before)) {
  const { lost, failed } = compareScenario(scenario, later.get(name));
  for (const check of lost) {
    console.log(`lost    ${name}: ${check.id}`);
  }
  for (const check of failed) {
    console.log(`failed  ${name}: ${check.id} (${check.message})`);
  }
  worse += lost.length + failed.length;
}

console.log(worse === 0 ? 'nothing lost' : `${worse} checks are worse`);
process.exit(worse === 0 ? 0 : 1);
