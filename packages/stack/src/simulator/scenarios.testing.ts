/* What is simulated: who does what at once, on what stack. */
import type { TableRange } from '../geometry.js';
import type { StackOptions } from '../options.js';
import { PAST, type Deed, type Story } from './deed.testing.js';
import type { Program } from './program.testing.js';
import { cleaner, compactor, lockBreaker, reader, writer } from './programs.testing.js';
import type { Scenario } from './scenario.testing.js';

/** Three that are there before, four to be written, and one that is written after a crash. */
const DEEDS: readonly Deed[] = [
  { sets: ['refs/a', 'refs/b', 'refs/c'], logs: [1] },
  { sets: ['refs/b', 'refs/d'], logs: [2] },
  { sets: ['refs/e'], deletes: ['refs/a'], logs: [1] },
  { sets: ['refs/f1', 'refs/f2'] },
  { sets: ['refs/g1', 'refs/g2'], deletes: ['refs/b'], deletesLogs: [2] },
  { sets: ['refs/h1', 'refs/h2'], deletes: ['refs/f1'], inTwo: true },
  { sets: ['refs/i'], isLarge: true },
  { sets: ['refs/last'] },
];

const LAST = DEEDS.length - 1;

const story: Story = { deeds: DEEDS };
const forgetful: Story = { deeds: DEEDS, expires: true };
const largeStory: Story = { deeds: DEEDS.map((deed, number) => (number === 1 ? { ...deed, isLarge: true } : deed)) };

const largeTwice: Story = { deeds: DEEDS.map((deed, number) => (number === 6 ? { ...deed, inTwo: true } : deed)) };

/** Waits for a lock once. */
const PATIENT = { lockTimeout: 1, autoCompaction: false } as const;
const AUTOMATIC = { lockTimeout: 1 } as const;
/** Room for the large record. */
const LARGE = { ...PATIENT, layout: { blockSize: 1 << 17, aligned: false } } as const;

const has = (told: Story, deeds: readonly number[], options: StackOptions = PATIENT): Program => {
  return { name: 'before', tasks: [writer(told, deeds)], options };
};

/** Transactions 0, 1 and 2 in a table each. */
const base = { story, before: has(story, [0, 1, 2]), last: LAST, loss: 'any' } as const;

/** The same, transaction 1 in a large table. */
const large = { ...base, story: largeStory, before: has(largeStory, [0, 1, 2], LARGE) } as const;

const writes = (deeds: readonly number[], options: StackOptions = PATIENT, name = 'writer'): Program => {
  return { name, tasks: [writer(story, deeds)], options };
};
const reads = (times = 1): Program => ({ name: 'reader', tasks: [reader(story, times)] });
const compacts = (which: 'auto' | 'all' | TableRange, options: StackOptions = PATIENT): Program => {
  return { name: 'compactor', tasks: [compactor(which)], options };
};
const cleans: Program = { name: 'cleaner', tasks: [cleaner()], options: PATIENT };
const breaksLock: Program = { name: 'operator', tasks: [lockBreaker], breaksLocks: true };
const breaksLocks: Program = { name: 'cleaner', tasks: [cleaner({ breakLocks: 'all' })], options: PATIENT, breaksLocks: true };
const expires: Program = { name: 'expirer', tasks: [compactor('all', { expire: { expires: ({ ref }) => ref === PAST } })], options: PATIENT };
const opened = (program: Program): Program => ({ ...program, opensFirst: true });
const failing = (program: Program): Program => ({ ...program, isMadeToFail: true });

/** All at once, and every crash. */
export const crowds = {
  'two writers and a reader': { ...base, programs: [writes([3], PATIENT, 'writer A'), writes([5], PATIENT, 'writer B'), reads()] },
  'two writers that compact': { ...base, programs: [writes([3], AUTOMATIC, 'writer A'), writes([4], AUTOMATIC, 'writer B')] },
  'a writer that gives up where the list has changed': {
    ...base,
    programs: [{ name: 'writer A', tasks: [writer(story, [3], { whenChanged: 'fail' })], options: PATIENT }, writes([4, 5], PATIENT, 'writer B')],
  },
  'a writer and a compactor of all': { ...base, programs: [writes([3, 4]), compacts('all')] },
  'a writer and a compactor of some': { ...base, programs: [writes([3, 4], AUTOMATIC), compacts({ first: 1, last: 2 })] },
  'a writer and an expiry': { ...base, story: forgetful, programs: [writes([3, 4], AUTOMATIC), expires] },
  'a writer, a compactor and a reader': { ...base, programs: [writes([3]), compacts('all'), reads()] },
  'two compactors': { ...base, programs: [compacts({ first: 0, last: 1 }), compacts('auto')] },
  'a cleaner beside a writer': { ...base, programs: [cleans, writes([3], AUTOMATIC)] },
  'a cleaner beside a compactor': { ...base, programs: [cleans, compacts('all')] },
  'a cleaner beside a compactor of large tables': { ...large, programs: [cleans, compacts('all', LARGE)] },
  'a lock that is broken': { ...base, programs: [breaksLock, writes([3], PATIENT, 'writer A'), writes([5], PATIENT, 'writer B')] },
  'a lock that is broken under a compactor': { ...base, programs: [breaksLock, writes([3]), compacts('all')] },
  'a cleaner that breaks locks, beside a writer': { ...base, programs: [breaksLocks, failing(writes([3], AUTOMATIC))] },
  'a cleaner that breaks locks, beside a compactor': { ...base, programs: [breaksLocks, failing(compacts('all'))] },
  'a cleaner that breaks locks, beside a compactor of large tables': { ...large, programs: [breaksLocks, failing(compacts('all', LARGE))] },
  'a process that writes, compacts and reads at once': {
    ...base,
    programs: [{ name: 'process', tasks: [writer(story, [3]), compactor({ first: 0, last: 1 }), reader(story, 1)], options: AUTOMATIC }],
  },
  'a process that compacts and reads at once, beside a compactor': {
    ...base,
    programs: [{ name: 'process', tasks: [compactor({ first: 1, last: 2 }), reader(story, 1)], options: PATIENT }, compacts({ first: 0, last: 1 })],
  },
  'two writers, a compactor and a reader': {
    ...base,
    programs: [
      opened(writes([3], PATIENT, 'writer A')),
      opened(writes([5], AUTOMATIC, 'writer B')),
      opened(compacts({ first: 0, last: 1 })),
      reads(),
    ],
  },
} satisfies Readonly<Record<string, Scenario>>;

/** One after another, and each step fails in each way that it can. */
export const mishaps = {
  'a writer whose steps fail': { ...base, failures: 1, programs: [failing(writes([3, 5]))] },
  'a writer that compacts, whose steps fail': { ...base, failures: 1, programs: [failing(writes([3, 5], AUTOMATIC))] },
  'a writer of a large table, whose steps fail': { ...base, failures: 1, programs: [failing(writes([6], { ...AUTOMATIC, layout: LARGE.layout }))] },
  'a writer of a large table and another, whose steps fail': {
    ...base,
    story: largeTwice,
    failures: 1,
    programs: [failing({ name: 'writer', tasks: [writer(largeTwice, [6])], options: { ...AUTOMATIC, layout: LARGE.layout } })],
  },
  'a compactor of all, whose steps fail': { ...base, failures: 1, programs: [failing(compacts('all'))] },
  'a compactor of some, whose steps fail': { ...base, failures: 1, programs: [failing(compacts({ first: 1, last: 2 }))] },
  'a compactor of large tables, whose steps fail': { ...large, failures: 1, programs: [failing(compacts('all', LARGE))] },
  'a reader whose steps fail, beside a writer': { ...base, failures: 1, programs: [failing(reads()), writes([3])] },
  'a compactor whose steps fail, beside a writer': { ...base, failures: 1, programs: [failing(compacts({ first: 1, last: 2 })), writes([3])] },
  'a writer whose steps fail, beside a compactor': { ...base, failures: 1, programs: [failing(writes([3])), compacts('all')] },
  'a cleaner whose steps fail': { ...base, failures: 1, programs: [failing(cleans)] },
  'random numbers that come back': {
    ...base,
    story: forgetful,
    before: { ...has(forgetful, [0]), isMonotonous: true },
    programs: [failing({ ...expires, isMonotonous: true })],
  },
} satisfies Readonly<Record<string, Scenario>>;

/** All of them, by name. */
export const scenarios: Readonly<Record<string, Scenario>> = { ...crowds, ...mishaps };
