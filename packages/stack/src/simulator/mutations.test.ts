/* Each protocol that is broken on purpose must be found out, and for what is wrong with it. */
import { describe, expect, test } from 'vitest';
import { explore, SimulationFailure } from './explore.testing.js';
import { mutations, type MutationName } from './mutations.testing.js';
import type { Program } from './program.testing.js';
import { crowds, mishaps } from './scenarios.testing.js';
import type { Scenario } from './scenario.testing.js';
import { Simulation } from './simulation.testing.js';

/** A scenario in which some processes are broken: those of these names, or all. */
function broken(scenario: Scenario, mutation: MutationName, names?: readonly string[]): Scenario {
  const isBroken = ({ name }: Program): boolean => names?.includes(name) ?? true;
  const breakIt = (program: Program): Program => ({ ...program, mutation: mutations[mutation] });
  return { ...scenario, programs: scenario.programs.map((program) => (isBroken(program) ? breakIt(program) : program)) };
}

interface Case {
  readonly mutation: MutationName;
  readonly scenario: Scenario;
  /** Who is broken; default: everybody. */
  readonly who?: readonly string[];
  /** What must come of it. */
  readonly end: RegExp;
}

const { 'two writers and a reader': writing, 'two writers that compact': merging, 'two compactors': compacting } = crowds;
const { 'a writer and a compactor of some': compactingSome, 'a writer, a compactor and a reader': reading } = crowds;
const failingWriter = mishaps['a writer whose steps fail'];

const cases: readonly Case[] = [
  { mutation: 'tables are not synced', scenario: merging, end: /after a loss of power .*: (?!.*listed and does not exist)/ },
  { mutation: 'the list is not synced', scenario: merging, end: /after a loss of power / },
  { mutation: 'the folder is not synced before the list is published', scenario: writing, end: /after a loss of power .* is listed and does not exist/ },
  { mutation: 'the folder is not synced after the list is published', scenario: writing, end: /after a loss of power .* which were acknowledged/ },
  { mutation: 'tables are removed before the list is replaced', scenario: compacting, end: /^now: .* is listed and does not exist/ },
  { mutation: 'tables are removed before the folder is synced', scenario: compacting, end: /after a loss of power .* is listed and does not exist/ },
  { mutation: 'the list is not locked', scenario: writing, end: /transactions .* are there; .* were|the lock is held/ },
  { mutation: 'tables are not locked', scenario: crowds['a cleaner beside a compactor of large tables'], end: /ended by FILE_NOT_FOUND/ },
  { mutation: 'the list stays locked', scenario: failingWriter, end: /tables\.list\.lock is left behind/ },
  { mutation: 'an unfinished table is left behind', scenario: failingWriter, end: /\.temp\.\w{6} is left behind/ },
  { mutation: 'a named table is left behind', scenario: failingWriter, end: /\.ref is left behind/ },
  { mutation: 'the list is taken for unchanged', scenario: writing, who: ['writer A', 'writer B'], end: /the lock is held, and the list is taken for/ },
  { mutation: 'the list is taken for unchanged', scenario: writing, who: ['reader'], end: /not all that were acknowledged before/ },
  { mutation: 'the list is not read again after tables were merged', scenario: compactingSome, who: ['compactor'], end: /transactions .* are there; .* were/ },
  { mutation: 'a list that can not be read is taken for the old one', scenario: { ...failingWriter, failures: 2 }, end: /is acknowledged, and is not there|is listed and does not exist/ },
  { mutation: 'the update index is that of an old list', scenario: writing, end: /update indexes do not ascend/ },
  { mutation: 'a lock is removed without a look whose it is', scenario: crowds['a lock that is broken'], who: ['writer A'], end: /removes .*, which another process holds/ },
  { mutation: 'a lock that another process has is removed', scenario: writing, end: /removes .*, which another process holds/ },
  { mutation: 'a table is renamed over another', scenario: mishaps['random numbers that come back'], end: /does not exist|is used again/ },
  { mutation: 'a reload closes tables that a snapshot reads', scenario: reading, who: ['reader'], end: /reads from .*, which it has closed/ },
  { mutation: 'tombstones are left out though older tables remain', scenario: compactingSome, who: ['compactor'], end: /refs\/a=1/ },
  {
    mutation: 'entries expire though older tables remain',
    scenario: { ...compactingSome, story: crowds['a writer and an expiry'].story },
    who: ['compactor'],
    end: /an entry of 0 in the log at 1/,
  },
];

describe('a protocol is found to be broken where', () => {
  test.each(cases)('$mutation', ({ mutation, scenario, who, end }) => {
    const simulation = new Simulation(broken(scenario, mutation, who));
    let failure: unknown;
    try {
      explore(simulation, { states: 200_000 });
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(SimulationFailure);
    expect((failure as SimulationFailure).message.split('\n')[0]).toMatch(end);
  });

  test('all that is known to be wrong is tried', () => {
    expect(new Set(cases.map(({ mutation }) => mutation))).toEqual(new Set(Object.keys(mutations)));
  });
});
