/* A state of everything that is simulated: the disk, the processes, and what is known of the transactions. */
import type { Disk, Failure } from './disk.testing.js';
import type { Hasher } from './intern.testing.js';
import type { ProcessNode } from './process-tree.testing.js';

/** Something that can happen next. */
export interface Move {
  readonly process: number;
  readonly task: number;
  /** The step fails in this way. */
  readonly failure?: Failure;
  /** Though it fails, it is done. */
  readonly isDone?: boolean;
}

/** Never changed. */
export interface World {
  readonly disk: Disk;
  readonly nodes: readonly ProcessNode[];
  /** The transactions that readers see, in their order. */
  readonly taken: readonly number[];
  /** Those that are acknowledged: a bit each. */
  readonly acknowledged: number;
  /** Those of which their writers know nothing, and that were not there then: a bit each. */
  readonly missed: number;
  /** Those that were acknowledged when a process last began to look. */
  readonly expected: readonly number[];
  /** Names of all tables that were ever named. */
  readonly named: readonly string[];
  /** How many steps were made to fail. */
  readonly failures: number;
  /** Names of files that could not be removed when they should have been. */
  readonly stuck: readonly string[];
  readonly last: Move | undefined;
  /** How often something else went on than what went on last, though that could have. */
  readonly preemptions: number;
}

/** Puts all that may matter from now on into a hash. @param isBounded whether the number of preemptions matters */
export function hashWorld(world: World, into: Hasher, isBounded: boolean): void {
  world.disk.hash(into);
  for (const { number } of world.nodes) into.put(number);
  for (const number of world.taken) into.put(number);
  for (const mask of world.expected) into.put(mask);
  into.put(world.acknowledged).put(world.missed).put(world.failures).put(world.stuck.length);
  if (isBounded) into.put(world.last?.process ?? -1).put(world.last?.task ?? -1).put(world.preemptions);
}
