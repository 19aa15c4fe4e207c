import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sstLogs } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { entryOfRecord, LogWriterSync, MemoryLog, setsumOfEntries } from '@reftable/sst-log';
import { openSstSync } from '@reftable/sst-v2';
import { describe, expect, it } from 'vitest';
import { lines, output, run, scratchFolder, writeTree } from './cli.testing.js';

const scratch = scratchFolder();
const { bytes: small, setsum } = sstLogs().find(({ name }) => name === 'small')!;
const damaged = small.slice();
damaged[47]! ^= 1;

/** The log that the README shows. */
const shown = new MemoryLog();
const writer = new LogWriterSync(shown);
writer.put('user/7', 1, 'Ada Nilsson');
writer.del('user/6', 2);
writer.seal();

/** One whose table takes more than a kilobyte. */
const large = new MemoryLog();
const largeWriter = new LogWriterSync(large);
largeWriter.put('large', 1, randomBytes(30_000));
largeWriter.seal();

writeTree(scratch, {
  'large.log': large.bytes(),
  'small.log': small,
  'damaged.log': damaged,
  'odd.log': sstLogs().find(({ name }) => name === 'batch-mixed')!.bytes,
  'app.log': Buffer.concat([shown.bytes(), Buffer.from('0950155801651227cc5a420300', 'hex')]),
  'dups.log': sstLogs().find(({ name }) => name === 'dups')!.bytes,
  'empty.log': '',
});
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const at = (name: string) => join(scratch, name);

describe('wal dump', () => {
  it('prints every entry, batch by batch', async () => {
    expect(await lines('wal', 'dump', at('small.log'))).toEqual([
      'batch up to 24: 1 entry, 24 bytes',
      '  @1 "a" "one"',
      'batch up to 48: 1 entry, 24 bytes',
      '  @2 "b" "two"',
      'batch up to 67: 1 entry, 19 bytes',
      '  @3 "a" deleted',
      'batch up to 101: 2 entries, 34 bytes',
      '  @4 "c" "four"',
      '  @4 "b" deleted',
      'batch up to 126: 1 entry, 25 bytes',
      '  @5 "e" "five"',
    ]);
    expect(await output('wal', 'dump', at('empty.log'))).toBe('');
  });

  it('lets nothing in keys and values drive the terminal', async () => {
    const text = await output('wal', 'dump', at('odd.log'));
    // eslint-disable-next-line no-control-regex -- these are what it is about
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text).toContain('@18446744073709551615 ');
    expect(text).toContain('"\\x00\\xff\\x00"');
  });

  it('shows where a key or value ends, whatever is in it', async () => {
    const log = new MemoryLog();
    const quotes = new LogWriterSync(log);
    quotes.put('\\', 1, '" "\\"');
    quotes.put(Uint8Array.of(0x5c, 0xff, 0x22), 2, '\\xff');
    quotes.seal();
    writeTree(scratch, { 'quotes.log': log.bytes() });
    const shownEntries = (await lines('wal', 'dump', at('quotes.log'))).filter((line) => line.startsWith(' '));
    expect(shownEntries).toEqual([String.raw`  @1 "\\" "\" \"\\\""`, String.raw`  @2 "\\\xff\"" "\\xff"`]);
  });

  it('prints one JSON document, exact in every byte and number', async () => {
    const { batches } = JSON.parse(await output('wal', 'dump', '--json', at('odd.log'))) as { batches: { end: number; entries: Record<string, string | number>[] }[] };
    const expected = sstLogs().find(({ name }) => name === 'batch-mixed')!.entries;
    expect(batches.map(({ end }) => end)).toEqual([1356]);
    const bytesOf = (entry: Record<string, string | number>, key: string) => Buffer.from(String(entry[`${key}_hex`] ?? entry[key]), `${key}_hex` in entry ? 'hex' : 'utf8');
    for (const [index, entry] of batches[0]!.entries.entries()) {
      const { key, timestamp, value } = expected[index]!;
      expect(bytesOf(entry, 'key').equals(key)).toBe(true);
      expect(BigInt(entry['timestamp']!)).toBe(timestamp);
      expect(entry['kind']).toBe(value === undefined ? 'del' : 'put');
      if (value !== undefined) expect(bytesOf(entry, 'value').equals(value)).toBe(true);
    }
    expect(batches[0]!.entries).toHaveLength(expected.length);
    expect(JSON.parse(await output('wal', 'dump', '--json', at('small.log')))).toMatchObject({ batches: [{ end: 24 }, { end: 48 }, { end: 67 }, { end: 101 }, { end: 126 }] });
  });

  it('shows what comes before damage, and then tells of it in one line', async () => {
    const { exitCode, stdout, stderr } = await run(['wal', 'dump', at('damaged.log')]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'batch up to 24: 1 entry, 24 bytes\n  @1 "a" "one"\n' });
    expect(stderr).toBe(`reftable: ${at('damaged.log')}: frame that fails its checksum at byte 24\n`);
  });
});

describe('wal verify', () => {
  it('says what is in a sound log', async () => {
    expect(await lines('wal', 'verify', at('small.log'))).toEqual([`${at('small.log')}: 5 batches, 6 entries, 126 bytes, all sound`, `setsum ${setsum}`]);
    expect(JSON.parse(await output('wal', 'verify', '--json', at('small.log')))).toEqual({ batches: 5, entries: 6, size: 126, setsum });
  });

  it.each([
    ['damaged.log', /fails its checksum at byte 24\n$/],
    ['app.log', /log that ends inside a frame's body at byte 61\n$/],
  ])('fails for %s', async (name, message) => {
    const { exitCode, stdout, stderr } = await run(['wal', 'verify', at(name)]);
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(message);
  });
});

describe('wal recover', () => {
  it('says what it would cut, and cuts only when told', async () => {
    const path = at('app.log');
    const before = readFileSync(path);
    const plan = `${path}: 2 batches, 2 entries in 61 sound bytes; to cut: 13 bytes from 61 on, an incomplete batch\n`;
    expect(await output('wal', 'recover', path)).toBe(`${plan}nothing is cut: --cut does it\n`);
    expect(JSON.parse(await output('wal', 'recover', '--json', path))).toEqual({ batches: 2, entries: 2, keep: 61, size: 74, tail: 'incomplete', cut: false });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(await output('wal', 'recover', '--cut', path)).toBe(`${plan}cut\n`);
    expect(Buffer.compare(readFileSync(path), shown.bytes())).toBe(0);
    expect(await output('wal', 'recover', '--cut', path)).toBe(`${path}: 2 batches, 2 entries in 61 sound bytes, and nothing to cut\n`);
    expect(await lines('wal', 'dump', path)).toEqual(['batch up to 37: 1 entry, 37 bytes', '  @1 "user/7" "Ada Nilsson"', 'batch up to 61: 1 entry, 24 bytes', '  @2 "user/6" deleted']);
  });

  it('cuts damage only at the place that it is told', async () => {
    const path = at('copy.log');
    writeTree(scratch, { 'copy.log': damaged });
    for (const argv of [[], ['--cut'], ['--cut', '--cut-damage-at', '23']]) {
      expect(await run(['wal', 'recover', ...argv, path])).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/at byte 24\n$/) as string });
    }
    expect(await output('wal', 'recover', '--cut-damage-at', '24', path)).toContain('102 bytes from 24 on, damage, and all that follows it\nnothing is cut');
    expect(readFileSync(path).equals(damaged)).toBe(true);
    expect(JSON.parse(await output('wal', 'recover', '--cut', '--cut-damage-at', '24', '--json', path))).toMatchObject({ keep: 24, tail: 'damage', cut: true });
    expect(readFileSync(path).equals(small.subarray(0, 24))).toBe(true);
  });
});

describe('wal to-table', () => {
  it('makes a table with the entries and the setsum of the log', async () => {
    const out = at('small.sst');
    const { entries, size, setsum: ofTable } = JSON.parse(await output('wal', 'to-table', '--json', at('small.log'), out)) as { entries: number; size: number; setsum: string };
    const table = openSstSync(new BytesSource(readFileSync(out)));
    expect([entries, size, ofTable]).toEqual([6, readFileSync(out).length, setsum]);
    const found = Array.from(table.records(), entryOfRecord);
    expect(found.map(({ kind, key, timestamp }) => `${kind} ${Buffer.from(key).toString()} ${timestamp}`)).toEqual(['del a 3', 'put a 1', 'del b 4', 'put b 2', 'put c 4', 'put e 5']);
    expect(setsumOfEntries(found).hex()).toBe(setsum);
    expect(Buffer.from(table.info.metadata).toString('hex')).toBe(setsum);
  });

  it('writes over nothing', async () => {
    const before = readFileSync(at('small.log'));
    expect(await run(['wal', 'to-table', at('small.log'), at('small.log')])).toMatchObject({ exitCode: 3, stderr: `reftable: ${at('small.log')}: exists, and is not written over\n` });
    expect(readFileSync(at('small.log')).equals(before)).toBe(true);
  });

  it.each(['damaged.log', 'dups.log'])('leaves nothing behind where it fails: %s', async (name) => {
    expect(await run(['wal', 'to-table', at(name), at('none.sst')])).toMatchObject({ exitCode: 3, stdout: '' });
    expect(existsSync(at('none.sst'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind where the file can not grow, and says of which file', () => {
    const out = at('full.sst');
    // A limit of the system stands for a full disk.
    const { status, stderr } = spawnSync('bash', ['-c', 'ulimit -f 1; exec "$0" "$@"', process.execPath, program, 'wal', 'to-table', at('large.log'), out], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([3, `reftable: ${out}: can not be written (EFBIG)\n`]);
    expect(existsSync(out)).toBe(false);
  });

  it('makes no table of a log without entries', async () => {
    expect(await output('wal', 'to-table', at('empty.log'), at('none.sst'))).toBe('no entries, and so no table\n');
    expect(existsSync(at('none.sst'))).toBe(false);
  });
});

describe('exit codes', () => {
  it.each([
    [['wal']],
    [['wal', 'dump']],
    [['wal', 'mend', 'x']],
    [['wal', 'to-table', 'x']],
    [['wal', 'dump', 'x', 'y']],
    [['wal', 'dump', '--cut', 'x']],
    [['wal', 'verify', '--cut-damage-at', '1', 'x']],
    [['wal', 'recover', '--cut-damage-at', 'here', 'x']],
  ])('2 for wrong usage: %j', async (argv) => {
    expect(await run(argv)).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^reftable: [^\n]+\n$/) as string });
  });

  it.each(['dump', 'verify', 'recover'])('4 where there is nothing: %s', async (action) => {
    expect(await run(['wal', action, at('no.log')])).toMatchObject({ exitCode: 4, stderr: `reftable: ${at('no.log')}: no such file or folder\n` });
  });

  it('3 for a folder', async () => {
    expect(await run(['wal', 'dump', scratch])).toMatchObject({ exitCode: 3, stderr: `reftable: ${scratch}: not a regular file\n` });
  });
});
