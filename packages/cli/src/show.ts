/* The overview: what a person wants to see first of a repository, stack or table. */
import type { LogUpdate, Ref } from '@reftable/block';
import type { RefRange } from '@reftable/table';
import type { Colors } from './colors.js';
import { latestEntries } from './latest.js';
import { messageOf } from './log.js';
import { EXAMPLE, type Place } from './place.js';
import { printable, signed } from './text.js';
import type { TableGroup, View } from './view.js';

/** How much of everything is shown. */
export interface Limits {
  readonly refs: number;
  readonly entries: number;
  readonly tables: number;
}

const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';

/** Digits of an object id where there is no room for all. */
const SHORT_ID = 10;

/** The overview, as text. */
export function* show(view: View, place: Place, limits: Limits, colors: Colors): Generator<string, void, undefined> {
  const screen = new Screen(view, limits, colors);
  yield `${colors.bold(titleOf(place))}\n`;
  yield* screen.head();
  yield* screen.refs('Branches', BRANCHES, { prefix: BRANCHES });
  yield* screen.refs('Tags', TAGS, { prefix: TAGS });
  yield* screen.refs('Other refs', '', { exclude: [BRANCHES, TAGS] });
  yield* screen.log();
  for (const group of view.groups) yield* screen.tables(group);
}

function titleOf(place: Place): string {
  if (place.kind === 'table') return `Table ${printable(place.path)}`;
  if (place.kind === 'folder') return `Reftable folder ${printable(place.path)}`;
  const { gitDir, commonDir, workTree, bare } = place.repository;
  if (gitDir === EXAMPLE) return 'The bundled example repository (give a PATH to see yours)';
  if (gitDir !== commonDir) return `Worktree ${printable(workTree ?? gitDir)} of ${printable(commonDir)}`;
  return bare ? `Bare repository ${printable(gitDir)}` : `Repository ${printable(workTree ?? gitDir)}`;
}

class Screen {
  readonly #view: View;
  readonly #limits: Limits;
  readonly #colors: Colors;
  /** What HEAD points at. */
  readonly #headTarget: string | undefined;

  constructor(view: View, limits: Limits, colors: Colors) {
    this.#view = view;
    this.#limits = limits;
    this.#colors = colors;
    const head = view.get('HEAD');
    this.#headTarget = head?.kind === 'symbolic' ? head.target : undefined;
  }

  *head(): Generator<string, void, undefined> {
    const { bold, green, red } = this.#colors;
    const ref = this.#view.get('HEAD');
    if (ref === undefined) {
      yield `HEAD is not here\n`;
    } else if (ref.kind !== 'symbolic') {
      yield `HEAD is ${red('detached')} at ${this.#idOf(ref)}\n`;
    } else {
      const target = printable(ref.target, ref.targetBytes);
      const name = target.startsWith(BRANCHES) ? `branch ${bold(green(target.slice(BRANCHES.length)))}` : bold(target);
      const id = this.#view.resolve(ref);
      const where = id === undefined ? this.#danglingHead(ref.target) : ` at ${this.#colors.yellow(id)}`;
      yield `HEAD is on ${name}${where}\n`;
    }
  }

  /** A group of refs, as many as are wanted, and how many more there are. */
  *refs(title: string, prefix: string, range: RefRange): Generator<string, void, undefined> {
    let total = 0;
    for (const { key, keyLength } of this.#view.refs(range)) if (!isHead(key, keyLength)) total++;
    if (total === 0) return;
    yield this.#heading(title, total);
    let shown = 0;
    for (const record of this.#view.refs(range)) {
      if (isHead(record.key, record.keyLength)) continue;
      if (shown === this.#limits.refs) break;
      shown++;
      yield this.#refLine(record.ref(), prefix);
    }
    yield this.#more(total - shown, 'ref');
  }

  *log(): Generator<string, void, undefined> {
    const { entries, total } = latestEntries(this.#view.logs(), this.#limits.entries);
    if (total === 0) return;
    yield this.#heading('Latest reflog entries', total);
    const names = entries.map((entry) => shorten(printable(entry.ref, entry.refBytes)));
    const width = Math.max(0, ...names.map((name) => name.length));
    for (const [index, entry] of entries.entries()) {
      const { dim, yellow } = this.#colors;
      const change = `${entry.oldOid.slice(0, SHORT_ID)} → ${entry.newOid.slice(0, SHORT_ID)}`;
      const who = dim(printable(entry.name, entry.nameBytes));
      yield `  ${timeOf(entry)}  ${names[index]!.padEnd(width)}  ${yellow(change)}  ${messageOf(entry)}  ${who}\n`;
    }
    yield this.#more(total - entries.length, 'entry', 'entries');
  }

  *tables({ title, tables }: TableGroup): Generator<string, void, undefined> {
    yield this.#heading(title, tables.length);
    // Of a tall stack the newest are shown: they are what changes.
    const hidden = Math.max(0, tables.length - this.#limits.tables);
    const shown = tables.slice(hidden);
    yield this.#more(hidden, 'older table');
    const width = Math.max(0, ...shown.map(({ size }) => String(size).length));
    for (const { name, size, minUpdateIndexExact: min, maxUpdateIndexExact: max } of shown) {
      const indexes = min === max ? `update index ${min}` : `update indexes ${min} to ${max}`;
      yield `  ${printable(name)}  ${String(size).padStart(width)} ${size === 1 ? 'byte' : 'bytes'}  ${indexes}\n`;
    }
  }

  #danglingHead(target: string): string {
    return target.startsWith(BRANCHES) && this.#view.get(target) === undefined ? ', which has no commit yet' : ', which leads nowhere';
  }

  #refLine(ref: Ref, prefix: string): string {
    const { bold, dim, green } = this.#colors;
    const name = printable(ref.name, ref.nameBytes).slice(prefix.length);
    const isCurrent = prefix === BRANCHES && ref.name === this.#headTarget;
    let more = '';
    if (ref.kind === 'symbolic') more = ` → ${printable(ref.target, ref.targetBytes)}`;
    if (ref.kind === 'peeled') more = dim(`  peels to ${ref.peeled}`);
    return `${isCurrent ? bold('* ') : '  '}${this.#idOf(ref)}  ${isCurrent ? bold(green(name)) : name}${more}\n`;
  }

  #idOf(ref: Ref): string {
    return this.#colors.yellow(this.#view.resolve(ref) ?? '(leads nowhere)');
  }

  #heading(title: string, total: number): string {
    return `\n${this.#colors.bold(title)} (${total})\n`;
  }

  #more(hidden: number, noun: string, plural = `${noun}s`): string {
    return hidden > 0 ? `${this.#colors.dim(`  … and ${hidden} more ${hidden === 1 ? noun : plural} (--all shows everything)`)}\n` : '';
  }
}

/** `refs/heads/main` as `main`: what it is, is plain from the entry. */
function shorten(name: string): string {
  return name.replace(/^refs\/(?:heads|tags|remotes)\//, '');
}

/** In the zone of who made it. */
function timeOf({ time, timeZone }: LogUpdate): string {
  const minutes = Math.trunc(timeZone / 100) * 60 + (timeZone % 100);
  const local = new Date((time + minutes * 60) * 1000);
  const text = Number.isNaN(local.getTime()) ? `@${time}` : local.toISOString().slice(0, 19).replace('T', ' ');
  return `${text} ${signed(timeZone)}`;
}

const HEAD_KEY = Buffer.from('HEAD');

function isHead(key: Uint8Array, length: number): boolean {
  return length === HEAD_KEY.length && HEAD_KEY.equals(key.subarray(0, length));
}
