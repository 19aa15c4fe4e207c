// @ts-check
// What a repository's refs and reflogs must be after each change, whoever made it: a plain model, with Git's rules of what is logged.

/** @typedef {import('../fixtures/lib/probe.mjs').LogEntry} LogEntry */

/**
 * What becomes of a ref: it gets an object id, or leads to another ref, or goes.
 * @typedef {{ name: string, to: { oid: string } | { target: string } | undefined }} Change
 */

/**
 * Who changes something, when and why.
 * @typedef {Pick<LogEntry, 'name' | 'email' | 'time' | 'zone' | 'message'>} Stamp
 */

/**
 * What changes come to in the logs.
 * @typedef {object} Effect
 * @property {{ ref: string, entry: LogEntry }[]} added
 * @property {string[]} dropped the refs whose logs go
 */

/** A ref's log. */
class Log {
  /** @type {LogEntry[]} newest first */
  entries = [];
  /** Whether a record says that the log exists, even without entries. */
  isMarked = false;
}

/** Refs and reflogs. */
export class History {
  /** @type {Map<string, { oid: string } | { target: string }>} */
  refs = new Map();
  /** @type {Map<string, Log>} */
  #logs = new Map();
  #nullId;

  /** @param {string} nullId */
  constructor(nullId) {
    this.#nullId = nullId;
  }

  /** @param {string} name @returns {string | undefined} the id that a ref leads to */
  resolve(name) {
    const ref = this.refs.get(name);
    return ref === undefined || 'oid' in ref ? ref?.oid : this.resolve(ref.target);
  }

  /**
   * Makes changes, of one transaction. A symbolic ref is changed on its own.
   * @param {readonly Change[]} changes
   * @param {Stamp} stamp
   * @returns {Effect}
   */
  change(changes, stamp) {
    /** @type {Effect} */
    const effect = { added: [], dropped: [] };
    for (const { name, to } of changes) {
      const before = this.refs.get(name);
      const oldId = this.resolve(name) ?? this.#nullId;
      if (to === undefined) this.refs.delete(name);
      else this.refs.set(name, to);
      if (to === undefined && before !== undefined && 'oid' in before) {
        this.#logs.delete(name);
        effect.dropped.push(name);
        continue;
      }
      const newId = to === undefined ? this.#nullId : this.resolve(name);
      // Where a symbolic ref leads nowhere, there is nothing to say.
      if (newId === undefined || newId === oldId) continue;
      const entry = { ...stamp, old: oldId, new: newId };
      const head = this.refs.get('HEAD');
      const refs = head !== undefined && 'target' in head && head.target === name ? [name, 'HEAD'] : [name];
      for (const ref of refs) effect.added.push({ ref, entry });
    }
    for (const { ref, entry } of effect.added) this.#log(ref).entries.unshift(entry);
    return effect;
  }

  /**
   * Gives a ref, and its log, another name.
   * @param {string} from @param {string} to @param {Stamp} stamp
   */
  rename(from, to, stamp) {
    const ref = this.refs.get(from);
    const log = this.#logs.get(from);
    const oid = this.resolve(from);
    if (ref === undefined || log === undefined || oid === undefined) throw new Error(`nothing to rename at ${from}`);
    this.refs.delete(from);
    this.refs.set(to, ref);
    this.#logs.delete(from);
    log.entries.unshift({ ...stamp, old: this.#nullId, new: oid }, { ...stamp, old: oid, new: this.#nullId });
    this.#logs.set(to, log);
  }

  /** How many entries a log has. @param {string} ref */
  length(ref) {
    return this.#logs.get(ref)?.entries.length ?? 0;
  }

  /** Deletes one entry; if it was the last, the log stays. @param {string} ref @param {number} at counted from the newest */
  deleteEntry(ref, at) {
    const log = this.#log(ref);
    log.entries.splice(at, 1);
    if (log.entries.length === 0) log.isMarked = true;
  }

  /** Deletes a ref's entries before a time; if none is left, the log stays. @param {string} ref @param {number} time */
  expire(ref, time) {
    const log = this.#log(ref);
    log.entries = log.entries.filter((entry) => Number(entry.time) >= time);
    if (log.entries.length === 0) log.isMarked = true;
  }

  /** Deletes all entries before a time. A log without entries stays only if it is said to. @param {number} time */
  expireAll(time) {
    for (const log of this.#logs.values()) log.entries = log.entries.filter((entry) => Number(entry.time) >= time);
  }

  /** @returns {Map<string, LogEntry[]>} the logs that exist, in the order of names, entries newest first */
  get logs() {
    return new Map([...this.#logs].filter(([, log]) => log.isMarked || log.entries.length > 0).map(([ref, { entries }]) => /** @type {const} */ ([ref, entries])).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param {string} ref */
  #log(ref) {
    const log = this.#logs.get(ref) ?? new Log();
    this.#logs.set(ref, log);
    return log;
  }
}
