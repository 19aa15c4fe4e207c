// @ts-check
import { keyOf, now } from './ledger.mjs';
import { refsOf, SHARED } from './scene.mjs';
import { watch } from './watchdog.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {import('./scene.mjs').Scene} Scene */
/** @typedef {import('../../fixtures/lib/random.mjs').Random} Random */

/** Somebody who works with Git: `git update-ref --stdin` for some transactions, again and again, and at times `git pack-refs`. */
export class GitProcess {
  isOurs = false;
  name;
  #scene;
  #ids;
  #ledger;
  #tally;
  #random;
  #sessions = 0;
  #turn = 0;
  /** @type {ChildProcess | undefined} */
  #child;
  #isKilled = false;
  #isOver = false;
  /** @type {Promise<void>} what is being done */
  #work = Promise.resolve();
  /** @type {(() => void) | undefined} */
  #goOn;
  /** @type {Promise<void> | undefined} */
  #gate;
  /** @type {() => void} */
  #onPaused = () => undefined;

  /**
   * @param {Scene} scene
   * @param {string} name
   * @param {number} number among all writers
   * @param {Ledger} ledger
   * @param {Tally} tally
   * @param {Random} random
   */
  constructor(scene, name, number, ledger, tally, random) {
    this.#scene = scene;
    this.name = name;
    this.#ids = scene.idsOf(number);
    this.#ledger = ledger;
    this.#tally = tally;
    this.#random = random;
  }

  start() {
    this.#isKilled = false;
    this.#work = this.#workUntilTold();
    return Promise.resolve();
  }

  /** Fulfilled when no process of Git's is in the middle of anything. @returns {Promise<void>} */
  pause() {
    this.#gate = new Promise((resolve) => (this.#goOn = resolve));
    return new Promise((resolve) => (this.#onPaused = resolve));
  }

  go() {
    this.#gate = undefined;
    this.#goOn?.();
  }

  async stop() {
    this.#isOver = true;
    this.#goOn?.();
    await this.#work;
  }

  async kill() {
    this.#isKilled = true;
    this.#child?.kill('SIGKILL');
    this.#goOn?.();
    await this.#work;
  }

  /** Whether it has been told to end, one way or the other. Both may happen while something is waited for. */
  #isEnding() {
    return this.#isOver || this.#isKilled;
  }

  async #workUntilTold() {
    for (;;) {
      await this.#passGate();
      if (this.#isEnding()) break;
      if (this.#random.below(12) === 0) await this.#pack();
      else await this.#session(this.#random.between(1, 20));
    }
    this.#onPaused();
  }

  async #passGate() {
    if (this.#gate === undefined) return;
    this.#onPaused();
    await this.#gate;
  }

  /** @param {number} transactions */
  async #session(transactions) {
    const session = `${this.name}.${this.#sessions++}`;
    const { end, child, answers } = this.#startGit(['update-ref', '-m', session, '--stdin']);
    for (let done = 0; done < transactions; done++) {
      if (done > 0) await this.#passGate();
      if (this.#isEnding() || child.exitCode !== null) break;
      const at = this.#turn++;
      const oid = String(this.#ids[at % this.#ids.length]);
      const keepsFlapping = at % 2 === 0;
      const { own, pair, flapping } = refsOf(this.name);
      const key = keyOf(session, oid);
      this.#ledger.begin(key, { writer: this.name, oid, keepsFlapping, begin: now() });
      const updates = [SHARED, own, ...pair].map((ref) => `update ${ref} ${oid}`);
      child.stdin.write(['start', ...updates, keepsFlapping ? `update ${flapping} ${oid}` : `delete ${flapping}`, 'commit', ''].join('\n'));
      const committed = await answers.next('commit: ok');
      if (committed) {
        this.#ledger.acknowledge(key);
        continue;
      }
      const { complaints } = await end;
      if (this.#isKilled) break;
      if (/cannot lock references/.test(complaints)) {
        this.#ledger.refuse(key);
        this.#turn--;
        this.#tally.retries++;
      } else {
        this.#tally.problems.push(`${session}: git update-ref: ${complaints}`);
      }
      break;
    }
    child.stdin.end();
    await end;
  }

  async #pack() {
    const { end } = this.#startGit(['pack-refs']);
    const { code, complaints } = await end;
    if (this.#isKilled) return;
    if (code === 0) this.#tally.compactions++;
    else if (complaints === '' || /locked|concurrently modified/.test(complaints)) this.#tally.yielded++;
    else this.#tally.problems.push(`git pack-refs ended with ${String(code)}: ${complaints}`);
  }

  /** @param {string[]} args */
  #startGit(args) {
    const child = this.#scene.git.start(args, { cwd: this.#scene.dir });
    this.#child = child;
    watch(child, this.name, this.#tally);
    const answers = new Answers(child);
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ more) => (complaints += more));
    // It may have ended before all was written to it.
    child.stdin.on('error', () => undefined);
    /** @type {Promise<{ code: number | null, complaints: string }>} */
    const end = new Promise((resolve) => child.on('close', (code) => resolve({ code, complaints })));
    return { child, answers, end };
  }
}

/** The lines that a process prints. */
class Answers {
  /** @type {string[]} */
  #lines = [];
  #isOver = false;
  /** @type {() => void} */
  #wake = () => undefined;

  /** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
  constructor(child) {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ more) => {
      const lines = (text + more).split('\n');
      text = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    child.on('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Waits for a line; false if the process ends without it. @param {string} line */
  async next(line) {
    for (;;) {
      const at = this.#lines.indexOf(line);
      if (at >= 0) {
        this.#lines.splice(0, at + 1);
        return true;
      }
      if (this.#isOver) return false;
      await new Promise((resolve) => {
        this.#wake = () => {
          resolve(undefined);
        };
      });
    }
  }
}
