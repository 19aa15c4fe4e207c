// @ts-check
// Our side of the bench, in a process of its own: `ours.mjs FIXTURE`. See `lib/contender.mjs` for how it is talked to.
import { createInterface } from 'node:readline';
import { Digest } from './lib/digest.mjs';
import { readFixture } from './lib/fixture.mjs';
import { loadWorks } from './lib/work.mjs';

const fixture = readFixture(process.argv[2] ?? '.');
const works = new Map((await loadWorks()).map((work) => [work.name, work]));
/** @type {Map<string, import('./lib/work.mjs').Prepared>} */
const prepared = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const [request, name = ''] = line.split(' ');
  const work = prepared.get(name) ?? works.get(name)?.prepare(fixture);
  if (work === undefined) throw new Error(`no such work: ${name}`);
  prepared.set(name, work);
  process.stdout.write(`${JSON.stringify(request === 'check' ? check(work) : time(work))}\n`);
}

/** @param {import('./lib/work.mjs').Prepared} work */
function check(work) {
  const digest = new Digest();
  work.check(digest);
  return { digest: digest.hex() };
}

/** @param {import('./lib/work.mjs').Prepared} work @returns {import('./lib/contender.mjs').Timing} */
function time(work) {
  const start = process.hrtime.bigint();
  const count = work.run();
  return { nanoseconds: Number(process.hrtime.bigint() - start), count };
}
