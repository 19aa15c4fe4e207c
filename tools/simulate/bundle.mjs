// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../lib/workspace.mjs';

/**
 * The simulator. Its types stand in the files of `packages/stack/src/simulator`, whose tests share it.
 * @typedef {object} Simulator
 * @property {Readonly<Record<string, Scenario>>} scenarios
 * @property {new (scenario: Scenario) => Simulation} Simulation
 * @property {(simulation: Simulation, bounds: Bounds) => Found} explore
 * @property {(simulation: Simulation, seed: number) => number} wander
 * @property {(text: string) => object[]} parseMoves
 * @property {(simulation: Simulation, moves: readonly object[]) => string} traceMoves
 */

/** @typedef {{ readonly identities?: string, readonly loss?: string, readonly failures?: number, readonly programs: readonly { readonly tasks: readonly unknown[] }[] }} Scenario */
/** @typedef {{ readonly crashes: { points: number, losses: number, recoveries: number }, readonly failures: number, readonly positions: number }} Simulation */
/** @typedef {{ states: number, moves: number, ends: number, isComplete: boolean }} Found */
/** @typedef {{ preemptions?: number, onProgress?: (found: Found) => boolean }} Bounds */

const entry = `
export { scenarios } from './scenarios.testing.js';
export { Simulation } from './simulation.testing.js';
export { explore, wander } from './explore.testing.js';
export { parseMoves, traceMoves } from './trace.testing.js';
`;

/** Puts the simulator and the sources, as they are now, into one module, and loads it. @returns {Promise<Simulator>} */
export async function loadSimulator() {
  const folder = mkdtempSync(join(tmpdir(), 'reftable-simulate-'));
  try {
    const path = join(folder, 'simulator.mjs');
    await build({
      stdin: { contents: entry, resolveDir: join(root, 'packages/stack/src/simulator'), loader: 'ts' },
      outfile: path,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@reftable/source'],
      logLevel: 'warning',
    });
    return /** @type {Simulator} */ (await import(pathToFileURL(path).href));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
