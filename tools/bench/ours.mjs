// @ts-check
// Our side of the bench, in a process of its own: `ours.mjs FIXTURE`. See `lib/contender.mjs` for how it is talked to.
import { readFixture } from './lib/fixture.mjs';
import { serve } from './lib/serve.mjs';
import { loadWorks } from './lib/work.mjs';

const fixture = readFixture(process.argv[2] ?? '.');
const works = new Map((await loadWorks()).map((work) => [work.name, work]));
await serve((name) => works.get(name)?.prepare(fixture));
