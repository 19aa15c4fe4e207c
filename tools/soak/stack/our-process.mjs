// @ts-check
import { spawn } from 'node:child_process';
import { keyOf } from './ledger.mjs';
import { watch } from './watchdog.mjs';

/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./scene.mjs').Scene} Scene */
/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {import('./worker.mjs').Work} Work */

/** A process of ours, `worker.mjs`, started anew each time that it was killed. */
export class OurProcess {
  isOurs = true;
  #program;
  #work;
  #ledger;
  #tally;
  #sessions = 0;
  #turn = 0;
  #compactions = [0, 0];
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<number | null>} the exit code */
  #end = Promise.resolve(0);
  /** @type {Map<string, () => void>} what is waited for, by the line's first word */
  #awaited = new Map();
  #isEndExpected = false;

  /**
   * @param {string} program the bundled `worker.mjs`
   * @param {Omit<Work, 'session' | 'turn'>} work
   * @param {Ledger} ledger
   * @param {Tally} tally
   */
  constructor(program, work, ledger, tally) {
    this.#program = program;
    this.#work = work;
    this.#ledger = ledger;
    this.#tally = tally;
  }

  get name() {
    return this.#work.writer;
  }

  /** Starts it; fulfilled when it is at work. */
  start() {
    const session = `${this.name}.${this.#sessions++}`;
    const work = { ...this.#work, session, turn: this.#turn };
    const child = spawn(process.execPath, [this.#program, JSON.stringify(work)]);
    this.#child = child;
    watch(child, session, this.#tally);
    this.#isEndExpected = false;
    let [text, complaints] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ more) => (complaints += more));
    // What it reads from may be gone already.
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ more) => {
      const lines = (text + more).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#hear(session, line.split(' '));
    });
    this.#end = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        if (!this.#isEndExpected || complaints !== '') this.#tally.problems.push(`${session} ended with ${String(code ?? signal)}: ${complaints}`);
        const [attempts = 0, failures = 0] = this.#compactions;
        this.#tally.compactions += attempts - failures;
        this.#tally.yielded += failures;
        this.#compactions = [0, 0];
        for (const wake of this.#awaited.values()) wake();
        resolve(code);
      });
    });
    return this.#hears('ready');
  }

  /** Fulfilled when it has done another transaction. */
  progress() {
    return this.#hears('did');
  }

  /** Fulfilled when it does nothing any more, and holds nothing. */
  pause() {
    const paused = this.#hears('paused');
    this.#child?.stdin?.write('pause\n');
    return paused;
  }

  go() {
    this.#child?.stdin?.write('go\n');
  }

  /** Tells it to end, which it has to do on its own. @returns {Promise<number | null>} the exit code */
  stop() {
    this.#isEndExpected = true;
    this.#child?.stdin?.end();
    return this.#end;
  }

  /** @param {NodeJS.Signals} signal @returns {Promise<number | null>} the exit code, if it came to that */
  kill(signal = 'SIGKILL') {
    this.#isEndExpected = true;
    this.#child?.kill(signal);
    return this.#end;
  }

  /** Waits for a word, or for the end of the process. @param {string} word @returns {Promise<void>} */
  #hears(word) {
    return new Promise((resolve) => {
      this.#awaited.set(word, resolve);
    });
  }

  /** @param {string} session @param {string[]} words */
  #hear(session, [word = '', ...words]) {
    const [attempt = 0, number = 0, ...more] = words.map(Number);
    const key = () => keyOf(`${session}#${attempt}`, this.#oid(this.#turn - 1));
    switch (word) {
      case 'try':
        this.#turn = number + 1;
        this.#ledger.begin(key(), { writer: this.name, oid: this.#oid(number), keepsFlapping: number % 2 === 0, begin: more[0] ?? 0 });
        break;
      case 'did':
        this.#ledger.acknowledge(key(), number);
        this.#compactions = more;
        break;
      case 'failed':
        this.#ledger.refuse(key());
        this.#turn--;
        this.#tally.retries++;
        break;
      case 'busy':
        break;
      case 'read':
        this.#tally.reads += attempt;
        break;
    }
    this.#awaited.get(word)?.();
    this.#awaited.delete(word);
  }

  /** @param {number} turn */
  #oid(turn) {
    const { ids } = this.#work;
    return String(ids[turn % ids.length]);
  }
}

/**
 * Of each kind of work there is some.
 * @param {Scene} scene
 * @param {number} number of the writer
 * @returns {Omit<Work, 'session' | 'turn'>}
 */
export function kindOfWork(scene, number) {
  const { stack, hash } = scene;
  return {
    role: 'write',
    stack,
    hash,
    writer: `our${number}`,
    ids: scene.idsOf(number),
    face: number % 2 === 0 ? 'sync' : 'async',
    durability: number % 4 < 2 ? 'full' : 'none',
    reopens: number % 3 === 2,
    padding: 1000,
    compactEvery: number === 1 ? 10 : 40,
    signals: 'none',
  };
}
