// @ts-check
// `pnpm simulate [--minutes N] [--scenario TEXT] [--preemptions N] [--identities KIND] [--loss MODEL] [--failures N] [--seed N] [--moves MOVES]`:
// see packages/stack/SIMULATION.md.
import { parseArgs } from 'node:util';
import { loadSimulator } from './bundle.mjs';

/** @typedef {import('./bundle.mjs').Scenario} Scenario */
/** @typedef {import('./bundle.mjs').Simulation} Simulation */

/** How often a process is interrupted, at most: first never, at last as often as there is time for. */
const DEPTHS = [0, 1, 2, 3, Infinity];

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
if (!(minutes > 0) || !Number.isSafeInteger(firstSeed) || depths.some(Number.isNaN)) {
  process.stderr.write('--minutes, --preemptions and --seed take numbers\n');
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

/** @param {Scenario} scenario @param {object} platform @returns {Simulation} */
function start(scenario, platform) {
  return new Simulation({ ...scenario, ...platform, ...(values.failures === undefined ? {} : { failures: Number(values.failures) }) });
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
  const failed = failures > 0 ? `, ${failures} failing operations` : '';
  return `${positions} positions, ${crashes.points} crash points, ${crashes.losses} losses, ${crashes.recoveries} recoveries${failed}`;
}

/** Explores a scenario deeper and deeper, on each platform, until it is done or the time is over. @param {string} name @param {Scenario} scenario @param {number} until */
function exploreAll(name, scenario, until) {
  for (const platform of platforms) {
    // Where one goes on alone there is nothing to interrupt.
    for (const preemptions of isAlone(scenario) ? depths.slice(-1) : depths) {
      const simulation = start(scenario, platform);
      const began = Date.now();
      watch(name, platform, () => {
        const found = explore(simulation, { preemptions, onProgress: () => Date.now() < until });
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        const bound = preemptions === Infinity ? 'any number of' : `at most ${preemptions}`;
        const left = found.isComplete ? '' : ', NOT COMPLETE';
        process.stdout.write(`${name}; ${platform.identities} identities, ${platform.loss} losses; ${bound} preemptions${left}\n`);
        process.stdout.write(`  ${found.states} states, ${found.moves} moves, ${found.ends} ends, ${describe(simulation)}; ${seconds} s\n`);
      });
      if (Date.now() >= until) return;
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
    // Three quarters of the time are for what is systematic; what one scenario does not need is left to the others.
    for (const [index, [name, scenario]] of chosen.entries()) {
      const share = (deadline - Date.now() - minutes * 15_000) / (chosen.length - index);
      exploreAll(name, scenario, Date.now() + share);
    }
  }
  wanderAbout();
}
