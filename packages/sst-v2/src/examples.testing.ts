/* The tables that SPEC.md takes apart, byte by byte. */
import { encodeLog, encodeRef, putLogKey, type LogInput, type RefInput } from '@reftable/block';
import { ByteWriter } from '@reftable/varint/bytes';
import { bytes, entry, write, type Entry } from './sst.testing.js';

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
  const entries: Entry[] = REFS.map((ref) => {
    const value = new ByteWriter();
    value.varint(ref.updateIndex);
    const extra = encodeRef(value, ref, 20);
    return entry(bytes('a', ref.name), value.view(), extra);
  });
  const key = new ByteWriter();
  putLogKey(key, LOG.ref, LOG.updateIndex);
  const value = new ByteWriter();
  const extra = encodeLog(value, LOG, bytes(LOG.kind === 'update' ? LOG.message : ''), 20);
  entries.push(entry(bytes('c', key.view()), value.view(), extra));
  const metadata = new ByteWriter();
  metadata.u8(3);
  metadata.u64(1);
  metadata.u64(2);
  metadata.text('sha1');
  metadata.u8(0);
  for (const count of [2, 0, 0, 1, 0, 176]) metadata.u64(count);
  return write(entries, {}, metadata.view());
}
