/* What a stack in a folder holds, found out without any of its code, and whether it may. */
import { BytesSource } from '@reftable/io';
import { openTableSync, type TableSync } from '@reftable/table';
import { parseTableList } from '../table-list.js';
import { LIST_NAME } from '../table-name.js';
import type { Disk, Platform } from './disk.testing.js';
import { checkHoldings, Holdings, type Story } from './deed.testing.js';

/** A stack that can be read. */
export interface Sound {
  /** Numbers of the transactions that it has taken, in their order. */
  readonly taken: readonly number[];
  /** The greatest update index. */
  readonly newest: bigint;
  /** The tables that are listed. */
  readonly tables: readonly string[];
}

/** Something is as it must never be. */
export class Violation extends Error {}

/** Judges the stacks of one simulation. */
export class Judge {
  readonly #platform: Platform;
  readonly #story: Story;
  readonly #lists = new Map<number, readonly string[] | Violation>();
  readonly #tables = new Map<number, TableSync | Violation>();
  readonly #verdicts = new Map<string, Sound | Violation>();

  constructor(platform: Platform, story: Story) {
    this.#platform = platform;
    this.#story = story;
  }

  /** How many different stacks were judged. */
  get count(): number {
    return this.#verdicts.size;
  }

  /**
   * What a process that opens the stack now would find.
   * @param when that is
   * @throws Violation if the stack can't be read, or holds what it must not
   */
  judge(when: string, disk: Disk): Sound {
    try {
      return this.#judge(disk);
    } catch (error) {
      if (error instanceof Violation) throw new Violation(`${when}: ${error.message}`);
      throw error;
    }
  }

  #judge(disk: Disk): Sound {
    const list = disk.find(LIST_NAME)?.content;
    const names = list === undefined ? [] : this.#once(this.#lists, list, () => parseTableList(this.#platform.contents.bytes(list), LIST_NAME));
    const contents = names.map((name) => {
      const inode = disk.find(name);
      if (inode === undefined) throw new Violation(`${name} is listed and does not exist`);
      return inode.content;
    });
    return this.#once(this.#verdicts, `${list ?? ''}:${contents.join()}`, () => {
      const tables = contents.map((content) => this.#table(content));
      let last = 0n;
      const holdings = new Holdings();
      for (const table of tables) {
        const { minUpdateIndexExact: min, maxUpdateIndexExact: max } = table.info;
        if (min <= last) throw new Violation(`update indexes do not ascend: ${min} after ${last}`);
        last = max;
        for (const ref of table.refs({ tombstones: true })) holdings.putRef(ref);
        for (const log of table.logs({ tombstones: true })) holdings.putLog(log);
      }
      return { taken: checkHoldings(holdings, this.#story), newest: last, tables: names };
    });
  }

  #table(content: number): TableSync {
    return this.#once(this.#tables, content, () => openTableSync(new BytesSource(this.#platform.contents.bytes(content))));
  }

  #once<K, V>(known: Map<K, V | Violation>, key: K, compute: () => V): V {
    let value = known.get(key);
    if (value === undefined) {
      try {
        value = compute();
      } catch (error) {
        value = error instanceof Violation ? error : new Violation(error instanceof Error ? error.message : String(error));
      }
      known.set(key, value);
    }
    if (value instanceof Violation) throw value;
    return value;
  }
}
