// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @typedef {{ nanoseconds: number, count: number }} Timing */

/**
 * One who takes part: a process that does works of the bench when asked. It reads a line for each request, `check WORK`
 * or `time WORK`, and answers with a line of JSON: `{ digest }`, or `{ nanoseconds, count }`.
 */
export class Contender {
  /** @type {string} */
  name;
  #process;
  #lines;

  /** @param {string} name @param {string} command @param {string[]} args */
  constructor(name, command, args) {
    this.name = name;
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // A process that died is noticed by its silence.
    this.#process.on('error', () => undefined);
    this.#process.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @param {string} work @returns {Promise<string>} a checksum over all that it met */
  async check(work) {
    return /** @type {{ digest: string }} */ (await this.#ask(`check ${work}`)).digest;
  }

  /** @param {string} work @returns {Promise<Timing>} */
  async time(work) {
    return /** @type {Timing} */ (await this.#ask(`time ${work}`));
  }

  /** Lets the process come to its end. */
  async close() {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await ended;
  }

  /** @param {string} request @returns {Promise<unknown>} */
  async #ask(request) {
    this.#process.stdin.write(`${request}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.name} ended at "${request}"`);
    return JSON.parse(line.value);
  }
}
