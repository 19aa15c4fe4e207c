// @ts-check
// `pnpm simulate [--minutes N] [--scenario TEXT] [--preemptions N] [--identities KIND] [--loss MODEL] [--failures N] [--seed N] [--moves MOVES]`:
// see packages/stack/SIMULATION.md.
import { parseArgs } from 'node:util';
import { loadSimulator } from './bundle.mjs';

/** @typedef {import('./bundle.mjs').Scenario} Scenario */
/** @typedef {import('./bundle.mjs').Simulation} Simulation */

/** How often a process is interrupted, at most: first never, at last as often as there is time for. */
const DEPTHS = [0, 1, 2, 3, Infinity];

/** How many steps fail at most, where any are made to. */
const FAILURES = [1, 2];

/** What file systems tell of a file's identity, and what a loss of power may take. */
const PLATFORMS = ['unique', 'reused', 'none'].flatMap((identities) => ['any', 'ordered'].map((loss) => ({ identities, loss })));

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    scenario: { type: 'string', default: '' },
    preemptions: { type: 'string' },
    identities: { type: 'string' },
    loss: { type: 'string' },
    failures: { type: 'string' },
    seed: { type: 'string' },
    moves: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const firstSeed = Number(values.seed ?? Date.now() % 2 ** 31);
const depths = values.preemptions === undefined ? DEPTHS : [Number(values.preemptions)];
const mishaps = values.failures === undefined ? FAILURES : [Number(values.failures)];
if (!(minutes > 0) || !Number.isSafeInteger(firstSeed) || [...depths, ...mishaps].some(Number.isNaN)) {
  process.stderr.write('--minutes, --preemptions, --failures and --seed take numbers\n');
  process.exit(2);
}

const { scenarios, Simulation, explore, wander, parseMoves, traceMoves } = await loadSimulator();
const chosen = Object.entries(scenarios).filter(([name]) => name.includes(values.scenario));
if (chosen.length === 0) {
  process.stderr.write(`no such scenario; there are:\n${Object.keys(scenarios).join('\n')}\n`);
  process.exit(2);
}
const platforms = PLATFORMS.filter(({ identities, loss }) => identities === (values.identities ?? identities) && loss === (values.loss ?? loss));
const deadline = Date.now() + minutes * 60_000;

/** @param {Scenario} scenario @param {object} platform @param {number} [failures] @returns {Simulation} */
function start(scenario, platform, failures = Math.max(...mishaps)) {
  return new Simulation({ ...scenario, ...platform, ...(scenario.failures === undefined ? {} : { failures }) });
}

/** @param {string} name @param {object} platform @param {() => void} work */
function watch(name, platform, work) {
  try {
    work();
  } catch (error) {
    process.stdout.write(`${name} (${JSON.stringify(platform)}): ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/** @param {Scenario} scenario */
function isAlone({ programs }) {
  return programs.length === 1 && programs[0]?.tasks.length === 1;
}

/** @param {Simulation} simulation */
function describe({ crashes, failures, positions }) {
  const failed = failures > 0 ? `, ${failures} failures` : '';
  return `${positions} positions, ${crashes.points} crash points, ${crashes.losses} losses, ${crashes.recoveries} recoveries${failed}`;
}

/**
 * How far a scenario is explored, again and again farther. Where one goes on alone there is nothing to interrupt, and all is explored at once: but
 * for what fails besides something else, on one platform.
 * @param {Scenario} scenario @param {object | undefined} platform
 */
function boundsOf(scenario, platform) {
  const most = scenario.failures === undefined ? [0] : mishaps;
  if (isAlone(scenario)) return [{ preemptions: Infinity, failures: platform === platforms[0] ? Math.max(...most) : Math.min(...most) }];
  return depths.flatMap((preemptions) => most.map((failures) => ({ preemptions, failures })));
}

/** Explores a scenario deeper and deeper, on each platform, until it is done or the time is over. @param {string} name @param {Scenario} scenario @param {number} until */
function exploreAll(name, scenario, until) {
  for (const platform of platforms) {
    for (const { preemptions, failures } of boundsOf(scenario, platform)) {
      if (Date.now() >= until) return;
      const simulation = start(scenario, platform, failures);
      const began = Date.now();
      watch(name, platform, () => {
        const found = explore(simulation, { preemptions, onProgress: () => Date.now() < until });
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        const interrupted = `${preemptions === Infinity ? 'any number of' : `at most ${preemptions}`} preemptions`;
        const failing = scenario.failures === undefined ? '' : `, at most ${failures} failing operations`;
        const left = found.isComplete ? '' : ', NOT COMPLETE';
        process.stdout.write(`${name}; ${platform.identities} identities, ${platform.loss} losses; ${interrupted}${failing}${left}\n`);
        process.stdout.write(`  ${found.states} states, ${found.moves} moves, ${found.ends} ends, ${describe(simulation)}; ${seconds} s\n`);
      });
    }
  }
}

/** Goes at random until the time is over, or once, if a seed is given. */
function wanderAbout() {
  let walks = 0;
  let moves = 0;
  /** @type {Map<string, Simulation>} */
  const simulations = new Map();
  for (let seed = firstSeed; values.seed !== undefined ? walks < chosen.length * platforms.length : Date.now() < deadline; walks++) {
    const [name, scenario] = /** @type {[string, Scenario]} */ (chosen[walks % chosen.length]);
    const platform = platforms[Math.floor(walks / chosen.length) % platforms.length] ?? {};
    const key = JSON.stringify([name, platform]);
    const simulation = simulations.get(key) ?? start(scenario, platform);
    simulations.set(key, simulation);
    watch(`${name}, seed ${seed}`, platform, () => {
      moves += wander(simulation, seed);
    });
    if (values.seed === undefined && (walks + 1) % (chosen.length * platforms.length) === 0) seed++;
    // What was learned of a scenario takes memory.
    if (simulation.positions > 50_000) simulations.delete(key);
  }
  process.stdout.write(`${walks} walks from seed ${firstSeed} on, ${moves} moves\n`);
}

if (values.moves !== undefined) {
  const [name, scenario] = /** @type {[string, Scenario]} */ (chosen[0]);
  const platform = platforms[0] ?? {};
  process.stdout.write(`${name} (${JSON.stringify(platform)})\n${traceMoves(start(scenario, platform), parseMoves(values.moves))}\n`);
} else {
  if (values.seed === undefined) {
    // Three quarters of the time are for what is systematic. Where one is alone all is explored; of what that leaves, each of the others has its
    // share, and what one does not need is left to the others.
    const end = deadline - minutes * 15_000;
    const crowds = chosen.filter(([, scenario]) => !isAlone(scenario));
    for (const [name, scenario] of chosen) if (isAlone(scenario)) exploreAll(name, scenario, end);
    for (const [index, [name, scenario]] of crowds.entries()) exploreAll(name, scenario, Date.now() + (end - Date.now()) / (crowds.length - index));
  }
  wanderAbout();
}
