// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { javaArgs } from '../jgit/jgit.mjs';

/** @typedef {import('./ask-jgit.mjs').Printed} Printed */

/** JGit, to talk with: one request at a time, and then the next. */
export class JGitProcess {
  #child;
  #lines;
  #complaints = '';

  /** @param {string} classPath */
  constructor(classPath) {
    this.#child = spawn('java', javaArgs(classPath, 'Interop'));
    this.#child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ more) => (this.#complaints += more));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * @param {string} verb see `Interop.java`
   * @param {...(string | number)} fields
   * @returns {Promise<Printed[]>}
   */
  async ask(verb, ...fields) {
    this.#child.stdin.write(`${[verb, ...fields].join('\t')}\n`);
    const records = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`java ended: ${this.#complaints}`);
      const printed = /** @type {Printed | { end: true } | { error: string }} */ (JSON.parse(value));
      if ('error' in printed) throw new Error(`JGit: ${printed.error}`);
      if ('end' in printed) return records;
      records.push(printed);
    }
  }

  stop() {
    this.#child.stdin.end();
  }
}
