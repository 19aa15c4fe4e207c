/*
 * Two readers of one specification, which share no code, on golden tables that are damaged at random: both refuse a table, or both read the
 * same. What makes a table sound is what a verification looks at. A scan looks at less, each reader at what is on its way: so what one of them
 * refuses there, both refuse when they verify.
 */
import { refusedSstV2Tables, sstV2GitTables, sstV2Tables } from '@reftable/conformance';
import { Random } from '@reftable/conformance/hostile';
import { describe, expect, test } from 'vitest';
import { footerStart, mutate, sealed } from './damage.testing.js';
import { firstReader, outcomeOf, secondReader, type Outcome, type Questions } from './two-readers.testing.js';

/** How often each table is damaged. */
const SEEDS = 120;

/** Those that both readers are soon through with, and that have a block to damage. */
const tables = [...sstV2Tables(), ...sstV2GitTables()].filter((table) => table.bytes.length < 3000 && footerStart(table.bytes) > 0);

type Question = (reader: Questions) => readonly string[];

const isAnswer = (outcome: Outcome): outcome is readonly string[] => typeof outcome !== 'string';

/** Asks both readers all that there is to ask. @returns whether the table is sound, as a Git table if it is one @throws where they differ */
function compare(table: Uint8Array, isGits: boolean): boolean {
  const [first, second] = [firstReader(table), secondReader(table)];
  const ask = (question: Question): readonly [Outcome, Outcome] => [outcomeOf(() => question(first)), outcomeOf(() => question(second))];
  const agreeOn = (question: Question): Outcome => {
    const [one, other] = ask(question);
    expect(one).toEqual(other);
    return one;
  };
  if (!isAnswer(agreeOn((reader) => reader.open()))) return false;
  const opensAsGits = isGits && isAnswer(agreeOn((reader) => reader.openGit()));
  const [verified, alsoVerified] = ask((reader) => (opensAsGits ? reader.verifyGit() : reader.verify()));
  const isSound = isAnswer(verified);
  // Of several things that are wrong, each reader meets its own first: the one may be damage, the other unsupported.
  expect(isAnswer(alsoVerified)).toBe(isSound);
  if (isSound) expect(verified).toEqual(alsoVerified);

  const read = (question: Question): readonly string[] => {
    const [one, other] = ask(question);
    if (isAnswer(one) && isAnswer(other)) expect(one).toEqual(other);
    else expect(isSound).toBe(false);
    return isAnswer(one) ? one : [];
  };
  const entries = read((reader) => reader.scan());
  const backwards = read((reader) => reader.backwards());
  const refs = opensAsGits ? read((reader) => reader.refs()) : [];
  if (opensAsGits) read((reader) => reader.logs());
  if (!isSound) return false;
  expect(backwards).toEqual(entries.slice().reverse());
  for (const entry of entries.slice(0, 5)) {
    const key = bytesOf(entry.slice(0, entry.indexOf(' ')));
    expect(agreeOn((reader) => reader.get(key))).toEqual([entry]);
    agreeOn((reader) => reader.get(key.map((byte, index) => (index === key.length - 1 ? byte ^ 1 : byte))));
  }
  for (const id of refs.slice(0, 5).map((ref) => ref.split(' ')[3] ?? '')) {
    if (id.length === 40 || id.length === 64) agreeOn((reader) => reader.refsOf(bytesOf(id)));
  }
  return opensAsGits === isGits;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

describe.each(tables)('$name', (table) => {
  const isGits = 'refs' in table;

  test('as it is', () => {
    expect(compare(table.bytes, isGits)).toBe(true);
  });

  test('damaged at random', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new Random(seed);
      const damaged = mutate(table.bytes, random);
      // Metadata, too.
      if (random.below(4) === 0) damaged[footerStart(damaged) + 16 + random.below(80)] = random.pick([0, 1, 2, 3, 20, 255, random.below(256)]);
      try {
        compare(sealed(damaged), isGits);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}\n${Buffer.from(sealed(damaged)).toString('base64')}`, { cause: error });
      }
    }
  });
});

test.each(refusedSstV2Tables())('$name: $description', (table) => {
  expect(compare(table.bytes, table.name.startsWith('git'))).toBe(false);
});
