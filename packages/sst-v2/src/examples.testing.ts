/* The tables that SPEC.md takes apart, byte by byte. */
import type { LogInput, RefInput } from '@reftable/block';
import { BytesSink } from '@reftable/io';
import { GitTableWriter } from './git.js';
import { bytes, entry, write } from './sst.testing.js';

/** Two pages of a gazetteer and a long, dull one; two levels of index. */
export function gazetteer(): Uint8Array {
  const entries = [
    entry('amsterdam/netherlands', '52.37,4.90', 1),
    entry('athens/greece', '37.98,23.73'),
    entry('brussels/belgium/europe', '50.85,4.35 and much more to see'),
    entry('copenhagen/denmark', 'x'.repeat(40)),
  ];
  return write(entries, { blockSize: 64, codec: (firstKey) => (firstKey[0] === 0x63 ? 'zlib' : 'stored') }, bytes('map'));
}

const REFS: readonly RefInput[] = [
  { name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main', updateIndex: 1 },
  { name: 'refs/heads/main', kind: 'direct', oid: '1234567890abcdef1234567890abcdef12345678', updateIndex: 2 },
];

const LOG: LogInput = {
  ref: 'refs/heads/main',
  kind: 'update',
  updateIndex: 2,
  oldOid: '0'.repeat(40),
  newOid: '1234567890abcdef1234567890abcdef12345678',
  name: 'Jo',
  email: 'jo@example.org',
  time: 1_600_000_000,
  timeZone: 200,
  message: 'init\n',
};

/** A table of GitStorage 3: two refs and a log entry. */
export function gitTable(): Uint8Array {
  const sink = new BytesSink();
  const writer = new GitTableWriter(sink);
  for (const ref of REFS) writer.addRef(ref);
  writer.addLog(LOG);
  writer.finish();
  return sink.bytes();
}
