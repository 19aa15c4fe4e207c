import { pathOf, readBytes, readJson } from './data.js';
import type { Case } from './manifest.js';

/** A single table and what is in it. Bytes and expectation are read when first asked for. */
export class TableCase<Expected> {
  readonly name: string;
  readonly description: string;
  readonly hash: 'sha1' | 'sha256';
  /** Absolute path on this machine. */
  readonly path: string;
  readonly #case: Case;
  #bytes: Uint8Array | undefined;
  #expected: Expected | undefined;

  constructor(entry: Case) {
    this.#case = entry;
    this.name = entry.name;
    this.description = entry.description;
    this.hash = entry.hash;
    this.path = pathOf(this.#table);
  }

  get #table(): string {
    return `${this.#case.group}/${this.name}/table.ref`;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= readBytes(this.#table));
  }

  get expected(): Expected {
    return (this.#expected ??= readJson(this.#case.expectation) as Expected);
  }
}
