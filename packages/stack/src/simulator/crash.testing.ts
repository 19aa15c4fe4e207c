/* What must hold if all processes are killed, or the power is lost, and when somebody finds what is left then. */
import { LIST_NAME, LOCK_SUFFIX, rangeInName } from '../table-name.js';
import { startsWith } from './deed.testing.js';
import type { Disk } from './disk.testing.js';
import { Hasher, NumberSet } from './intern.testing.js';
import { Violation, type Judge } from './judge.testing.js';
import { losses } from './loss.testing.js';
import { cleaner, compactor, inTurn, writer } from './programs.testing.js';
import { NEW_PROCESS, runAlone } from './run-alone.testing.js';
import type { Scenario } from './scenario.testing.js';
import type { World } from './world.testing.js';

/** Crashes of one simulation, each tried once. */
export class Crashes {
  /** Different disks, with what was acknowledged, at which a crash was tried. */
  points = 0;
  /** Different disks that losses of power have left. */
  losses = 0;
  /** Recoveries from different leavings. */
  recoveries = 0;
  readonly #scenario: Scenario;
  readonly #judge: Judge;
  readonly #checked = new NumberSet();
  readonly #lost = new NumberSet();
  readonly #recovered = new Set<string>();

  constructor(scenario: Scenario, judge: Judge) {
    this.#scenario = scenario;
    this.#judge = judge;
  }

  /** What must hold if all processes are killed now, or the power is lost. */
  check(world: World): void {
    const { disk, taken, acknowledged } = world;
    const hasher = new Hasher();
    disk.hash(hasher);
    for (const number of taken) hasher.put(number);
    if (!this.#checked.add(hasher.put(acknowledged).value)) return;
    this.points++;
    this.#recover(disk, 'all processes are killed');
    if (this.#scenario.loss === undefined) return;
    for (const left of losses(disk, this.#scenario.loss)) {
      hasher.reset();
      left.hash(hasher);
      for (const number of taken) hasher.put(number);
      if (!this.#lost.add(hasher.put(acknowledged).value)) continue;
      this.losses++;
      const when = `after a loss of power that leaves ${namesOf(left)}`;
      const { taken: found } = this.#judge.judge(when, left);
      const missing = taken.filter((number) => (acknowledged >> number) & 1 && !found.includes(number));
      if (missing.length > 0) throw new Violation(`${when}, transactions ${missing.join()} are gone, which were acknowledged`);
      if (!startsWith(taken, found)) throw new Violation(`${when}, transactions ${found.join()} are there, while there were ${taken.join()}`);
      this.#recover(left, 'the power was lost');
    }
  }

  /** A process finds a disk as a crash has left it, and goes on with it. */
  #recover(crashed: Disk, when: string): void {
    const { story, last } = this.#scenario;
    const { taken, tables } = this.#judge.judge(when, crashed);
    const listed = new Set(tables);
    const others = [...crashed.names].filter(([name]) => !listed.has(name));
    const key = [...tables, ...new Set(others.map(([name, inode]) => describeStray(name, crashed.inode(inode).content)))].join();
    if (this.#recovered.has(key)) return;
    this.#recovered.add(key);
    this.recoveries++;
    const disk = crashed.copy();
    const work = inTurn(cleaner({ breakLocks: 'all' }), writer(story, [last], { whenChanged: 'fail' }), compactor('all'), cleaner());
    runAlone(disk, { name: 'recovery', tasks: [work] }, NEW_PROCESS);
    const after = this.#judge.judge('after the recovery', disk);
    if (after.taken.join() !== [...taken, last].join()) throw new Violation(`recovery from ${taken.join()} leads to ${after.taken.join()}`);
    // What is newer than all that is listed may be about to be listed, as far as anybody can tell.
    const isStray = (name: string): boolean => name !== LIST_NAME && !after.tables.includes(name) && (rangeInName(name)?.max ?? 0n) <= after.newest;
    const strays = [...disk.names.keys()].filter(isStray);
    if (strays.length > 0) throw new Violation(`recovery leaves ${strays.join()} behind`);
  }
}

function namesOf(disk: Disk): string {
  return [...disk.names.keys()].sort().join(' ');
}

/** As far as it matters to who finds it: a table's content does, and that there is a lock or an unfinished file. */
function describeStray(name: string, content: number): string {
  if (name.endsWith('.ref') || name === LIST_NAME) return `${name}:${content}`;
  return name.endsWith(LOCK_SUFFIX) ? name : 'unfinished';
}
