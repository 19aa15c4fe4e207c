/* What must be refused is refused by the second reader: the golden tables for it, each for its own reason, and damage that is not for all to see. */
import { refusedSstV2Tables, sstV2Tables, type RefusedSstV2Table } from '@reftable/conformance';
import { describe, expect, it } from 'vitest';
import { Damage, Unsupported, crc32 } from './bytes.testing.js';
import { Table } from './container.testing.js';
import { GitTable } from './git.testing.js';

/** What the reader says of tables that might be refused for something else. */
const REASONS: Readonly<Record<string, RegExp>> = {
  'too-short': /too short/u,
  'footer-checksum': /checksum of the footer/u,
  bomb: /promised/u,
  'body-limit': /body of/u,
  padding: /padding/u,
  'restart-not-whole': /whole key/u,
  'restart-in-record': /whole key/u,
  'restarts-not-ascending': /ascend/u,
  'restart-beyond': /behind the records/u,
  'no-restarts': /0 restarts/u,
  'too-many-restarts': /65535 restarts/u,
  'first-prefix': /most/u,
  prefix: /most/u,
  suffix: /suffix/u,
  value: /wanted/u,
  'equal-keys': /not beyond/u,
  'empty-key': /not beyond/u,
  varint: /64 bits/u,
  'varint-65-bits': /64 bits/u,
  'small-block': /block of 12/u,
  'order-across-blocks': /one before/u,
  stream: /broken/u,
  'larger-body': /larger/u,
  'body-size': /a body of/u,
  'checksum-before-codec': /checksum/u,
  'padding-beyond-data': /runs over/u,
  'index-size': /45/u,
  'index-forward': /point back/u,
  'index-first': /at 0/u,
  'index-level-255': /too many/u,
  'index-extra': /extra/u,
  'index-key': /no block/u,
  'index-value': /too many/u,
  'index-order': /goes back/u,
  'index-levels-differ': /levels that differ/u,
  'index-level-gap': /another level/u,
  'root-not-last': /does not end/u,
  'root-in-footer': /root/u,
  'root-64-bits': /root/u,
  'git-ref-type': /type 4/u,
  'git-ref-longer': /too many/u,
  'git-ref-shorter': /wanted/u,
  'git-ref-unnamed': /without a name/u,
  'git-object-twice': /twice/u,
  'git-object-beyond': /beyond|most/u,
  'git-object-nowhere': /no block with refs/u,
  'git-object-id': /bytes of id/u,
  'git-object-none': /bytes of id/u,
  'git-log-type': /type 2/u,
  'git-log-tombstone': /tombstone/u,
  'git-log-zero': /zero byte in it/u,
  'git-log-longer': /too many/u,
  'git-log-no-zero': /zero/u,
  'git-log-short': /without a name/u,
  'git-id-length': /21 bytes/u,
  'git-ref-older': /update index/u,
  'git-ref-newer': /update index/u,
  'git-log-newer': /update index/u,
  'git-statistics': /where/u,
};

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
function golden(name: string): Uint8Array {
  const found = [...sstV2Tables(), ...refusedSstV2Tables()].find((table) => table.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found.bytes;
}

/** What is to be done with a table up to a step. */
function read(bytes: Uint8Array, step: RefusedSstV2Table['step']): void {
  const table = new Table(bytes);
  if (step === 'open') return;
  if (step === 'scan') {
    table.entries();
    return;
  }
  const isGits = [2, 3].includes(table.footer.metadata[0] ?? 0);
  if (step === 'verify' && !isGits) {
    table.verify();
    return;
  }
  const git = new GitTable(table);
  if (step === 'records') [git.refs(), git.objects(), git.logs()].forEach(String);
  if (step === 'verify') git.verify();
}

describe('what is damaged', () => {
  it.each(refusedSstV2Tables())('$name: $description', ({ name, bytes, kind, step }) => {
    expect(() => {
      read(bytes, step);
    }).toThrow(kind === 'damaged' ? Damage : Unsupported);
    const reason = REASONS[name];
    if (reason !== undefined) {
      expect(() => {
        read(bytes, step);
      }).toThrow(reason);
    }
  });

  /** A golden table with some bytes replaced, the first time that they occur, and the footer's checksum made right. */
  function altered(name: string, from: string, to: string): Uint8Array {
    const bytes = Buffer.from(golden(name));
    const at = bytes.indexOf(Buffer.from(from, 'hex'));
    if (at < 0 || from.length !== to.length) throw new Error(`no ${from} in ${name}, or as many bytes for it`);
    bytes.set(bytesOf(to), at);
    bytes.writeUInt32BE(crc32(bytes.subarray(bytes.length - bytes.readUInt16BE(bytes.length - 10), -4)), bytes.length - 4);
    return Uint8Array.from(bytes);
  }

  it('shows a key that is not there though the index says so', () => {
    const table = new Table(golden('index-key'));
    expect(() => table.seek(bytesOf('6272757373656c74'))).toThrow(Damage);
  });
  it('shows an index block that ends before the one above it says', () => {
    const table = new Table(golden('index-key-above'));
    expect(() => table.seek(bytesOf('6b65792d303034303030'))).toThrow(/^an index block that ends/u);
  });
  it('refuses a codec where it comes to it, and not before', () => {
    const table = new Table(altered('aligned', '00000075', '02000075'));
    expect(table.get(bytesOf('6b65792d30303030'))).toBeDefined();
    expect(() => table.get(bytesOf('6b65792d30303131'))).toThrow(Unsupported);
    expect(() => table.entries()).toThrow(Unsupported);
  });
  it('refuses bits of experiments that it does not know, each', () => {
    for (let version = 130; version < 256; version++) {
      const hex = `53535442${version.toString(16)}`;
      expect(() => read(altered('one-block', '5353544201', hex), 'open')).toThrow(`container version ${version}`);
    }
  });
});
