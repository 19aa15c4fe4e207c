import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isReftableError } from '@reftable/varint';
import { createColors } from './colors.js';
import { EXIT, Failure } from './failure.js';
import { list } from './ls.js';
import { writeAll, type Output } from './output.js';
import { EXAMPLE, findPlace, userPath, writableStack, type Place } from './place.js';
import { printable } from './text.js';
import { USAGE } from './usage.js';
import { openView } from './view.js';

/** What the command knows of where it runs. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** A subcommand. What it alone needs, if that is much, is imported only when it runs: most of the time of a small run is start-up. */
interface Command {
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** What it takes, in order; those in brackets may be left out. */
  readonly parameters: readonly string[];
  run(args: readonly string[], values: Values, surroundings: Surroundings): Promise<Iterable<string>>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  show: {
    options: { all: { type: 'boolean' }, n: { type: 'string', short: 'n' } },
    parameters: ['[PATH]'],
    async run([path], values, surroundings) {
      const limits = limitsOf(values);
      const place = placeAt(path, surroundings);
      const { show } = await import('./show.js');
      // https://no-color.org: any value but an empty one.
      const isColored = surroundings.stdout.isTerminal && !surroundings.env['NO_COLOR'];
      return show(await openView(place), place, limits, createColors(isColored));
    },
  },
  ls: {
    options: { prefix: { type: 'string' } },
    parameters: ['[PATH]'],
    async run([path], { prefix }, surroundings) {
      const place = placeAt(path, surroundings);
      await noteExample(path, surroundings);
      return list(await openView(place), typeof prefix === 'string' ? prefix : '');
    },
  },
  log: {
    options: { raw: { type: 'boolean' } },
    parameters: ['NAME', '[PATH]'],
    async run([name, path], { raw }, surroundings) {
      const place = placeAt(path, surroundings);
      await noteExample(path, surroundings);
      const { showLog } = await import('./log.js');
      return showLog(await openView(place), name!, raw === true);
    },
  },
  convert: {
    options: { to: { type: 'string' }, json: { type: 'boolean' } },
    parameters: ['IN', 'OUT'],
    async run([input, output], { to, json }, { env }) {
      if (to !== 'v1' && to !== 'v2') throw wrongUsage('--to takes v1 or v2');
      const place = findPlace(userPath(input!, env));
      if (place.kind !== 'table') throw wrongUsage(`${input!} is not a table file`);
      const { convert } = await import('./convert.js');
      return convert(place.path, userPath(output!, env), to, json === true);
    },
  },
  compare: {
    options: { json: { type: 'boolean' } },
    parameters: ['PATH'],
    async run([path], { json }, surroundings) {
      const place = placeAt(path, surroundings);
      const { compare } = await import('./compare.js');
      return compare(place, json === true);
    },
  },
  dump: {
    options: { json: { type: 'boolean' } },
    parameters: ['PATH'],
    async run([path], { json }, surroundings) {
      const place = placeAt(path, surroundings);
      const { dump } = await import('./dump.js');
      return await dump(place, json === true);
    },
  },
  fsck: {
    options: { json: { type: 'boolean' } },
    parameters: ['PATH'],
    async run([path], { json }, surroundings) {
      const place = placeAt(path, surroundings);
      const { fsck } = await import('./fsck.js');
      return fsck(place, json === true);
    },
  },
  compact: {
    options: {},
    parameters: ['PATH'],
    async run([path], _, surroundings) {
      const stack = writableStack(placeAt(path, surroundings));
      const { compact } = await import('./compact.js');
      return compact(stack);
    },
  },
  clean: {
    options: { 'break-locks': { type: 'string' } },
    parameters: ['PATH'],
    async run([path], { 'break-locks': breakLocks }, surroundings) {
      const age = ageOf(breakLocks);
      const stack = writableStack(placeAt(path, surroundings));
      const { clean } = await import('./clean.js');
      return clean(stack, age);
    },
  },
  wal: {
    options: { json: { type: 'boolean' }, cut: { type: 'boolean' }, 'cut-damage-at': { type: 'string' } },
    parameters: ['dump|verify|recover|to-table', 'PATH', '[OUT]'],
    async run([action, path, out], values, { stdout, env }) {
      const { misuseOfWal, wal } = await import('./wal.js');
      const options = { json: values['json'] === true, cut: values['cut'] === true, cutDamageAt: wholeNumber('--cut-damage-at', values['cut-damage-at']) };
      const misuse = misuseOfWal(action!, out, options);
      if (misuse !== undefined) throw wrongUsage(misuse);
      return wal(action!, userPath(path!, env), out === undefined ? undefined : userPath(out, env), options, stdout);
    },
  },
};

/**
 * Runs the command.
 * @param argv what stands behind the command's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    await writeAll(stdout, await piecesFor(argv, surroundings));
    return EXIT.success;
  } catch (error) {
    // Whoever read the output has seen enough.
    if (hasCode(error, 'EPIPE')) return EXIT.success;
    await stderr.write(`reftable: ${printable(messageOf(error))}\n`);
    return exitCodeOf(error);
  }
}

async function piecesFor(argv: readonly string[], surroundings: Surroundings): Promise<Iterable<string>> {
  const [first = '', ...rest] = argv;
  const [command, args] = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]!, rest] : [COMMANDS['show']!, argv];
  const general = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options: { ...command.options, ...general }, allowPositionals: true });
  if (values.help === true) return [USAGE];
  if (values.version === true) return [`${version()}\n`];
  const { parameters } = command;
  const missing = parameters[positionals.length];
  if (missing !== undefined && !missing.startsWith('[')) throw wrongUsage(`${missing} is missing`);
  if (positionals.length > parameters.length) throw wrongUsage(`"${positionals[parameters.length]!}" is too much`);
  return command.run(positionals, values, surroundings);
}

function placeAt(path: string | undefined, { env }: Surroundings): Place {
  return findPlace(path === undefined ? EXAMPLE : userPath(path, env));
}

/** Output that is read by programs can't say that it is not of the repository that they run in. */
async function noteExample(path: string | undefined, { stderr }: Surroundings): Promise<void> {
  if (path === undefined) await stderr.write('reftable: no PATH given: this is the bundled example repository\n');
}

function limitsOf({ n, all }: Values): { refs: number; entries: number; tables: number } {
  if (all === true && n !== undefined) throw wrongUsage('-n and --all contradict each other');
  if (all === true) return { refs: Infinity, entries: Infinity, tables: Infinity };
  const most = wholeNumber('-n', n);
  if (most === undefined) return { refs: 20, entries: 10, tables: 20 };
  return { refs: most, entries: most, tables: most };
}

/** The value of an option; undefined where it is not given. */
function wholeNumber(option: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^\d{1,10}$/.test(value)) throw wrongUsage(`${option} takes a whole number`);
  return Number(value);
}

/** How old, in milliseconds, a lock must be to be broken; undefined: none is. */
function ageOf(value: string | boolean | undefined): number | 'all' | undefined {
  if (value === undefined || value === 'all') return value;
  return 1000 * wholeNumber('--break-locks', value)!;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

function wrongUsage(message: string): Failure {
  return new Failure(EXIT.usage, `${message} (reftable --help tells more)`);
}

/** One line, whatever happened: a stack trace tells a user nothing. */
function messageOf(error: unknown): string {
  if (hasCode(error, 'ERR_PARSE_ARGS')) return wrongUsage(error.message.split('. ')[0]!).message;
  return error instanceof Error ? error.message : String(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  if (hasCode(error, 'ERR_PARSE_ARGS')) return EXIT.usage;
  return isReftableError(error) || hasCode(error, 'E') ? EXIT.unreadable : EXIT.internal;
}

/** Whether an error is one of Node's with a code that starts like this. */
function hasCode(error: unknown, start: string): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith(start);
}
