// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeDump, encodeScript } from './script.mjs';

/** @typedef {import('@reftable/conformance').SstEntry} Entry */

/**
 * What the crate makes of a log.
 * @typedef {object} Reading
 * @property {string} end `eof`, or the code of the error
 * @property {string} setsum `-` if there was an error
 * @property {string} truncation what `truncate_final_partial_frame` gives: `none`, an offset, or the code of an error
 * @property {Entry[]} entries
 */

/** The crate, as a process that is given one task after another. */
export class Peer {
  #child;
  #answers;
  #log;
  #other;

  /** @param {string} program @param {string} folder */
  constructor(program, folder) {
    this.#child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#log = join(folder, 'peer.log');
    this.#other = join(folder, 'peer.other');
  }

  /** Writes a log, by one thread or several. @param {readonly (readonly Entry[])[]} batches */
  async write(batches, how = 'write') {
    writeFileSync(this.#other, encodeScript(batches));
    rmSync(this.#log, { force: true });
    const [, setsum = ''] = await this.#ask(how, this.#other, this.#log);
    return { bytes: readFileSync(this.#log), setsum };
  }

  /** Puts a log, sorted, into a new one. @param {Uint8Array} bytes */
  async sort(bytes) {
    writeFileSync(this.#log, bytes);
    rmSync(this.#other, { force: true });
    await this.#ask('sort', this.#log, this.#other);
    return readFileSync(this.#other);
  }

  /** @param {Uint8Array} bytes a log, sound or not @returns {Promise<Reading>} */
  async read(bytes) {
    writeFileSync(this.#log, bytes);
    const [end = '', setsum = '', truncation = ''] = await this.#ask('read', this.#log, this.#other);
    return { end, setsum, truncation, entries: decodeDump(readFileSync(this.#other)) };
  }

  /** @param {string[]} words @returns {Promise<string[]>} */
  async #ask(...words) {
    this.#child.stdin.write(`${words.join('\t')}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the crate ended at: ${words.join(' ')}`);
    const answer = value.split('\t');
    if (answer[0] === 'failed') throw new Error(`${words.join(' ')}: ${value}`);
    return answer;
  }

  async close() {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once('close', resolve));
    if (existsSync(this.#other)) rmSync(this.#other);
  }
}
