/*
 * The footer, the end of the file, and where everything is found from:
 *
 *   "SSTB"
 *   u8  container version    1; with the highest bit set an experiment, each further bit one
 *   u24 block size           to which stored blocks are padded; 0: none is
 *   u64 root                 position of the root of the index; 0: there are no records
 *   metadata                 the caller's
 *   u16 footer size          of all of it
 *   "REFT"
 *   u32 CRC-32               of all of the footer before it
 */
import { crc32 } from '@reftable/block/crc32';
import { getU16, getU32, ReftableError } from '@reftable/varint';
import { ByteReader, ByteWriter } from '@reftable/varint/bytes';

const HEAD_MAGIC = 0x53535442; // "SSTB"
const TAIL_MAGIC = 0x52454654; // "REFT"

const VERSION = 1;
const EXPERIMENT = 0x80;
const CHECKSUMS = 0x01;

/** Bytes of the footer in front of the metadata. */
const HEAD_SIZE = 16;

/** Bytes of the footer behind the metadata: those that tell how long it is. */
export const TAIL_SIZE = 10;

/** Bytes of a footer without metadata. */
export const MIN_FOOTER_SIZE = HEAD_SIZE + TAIL_SIZE;

/** The most bytes of metadata: the footer's size is a u16. */
export const MAX_METADATA_SIZE = 0xffff - MIN_FOOTER_SIZE;

/** What the footer says. */
export interface Footer {
  /** Whether each block ends with a checksum: an experiment. */
  readonly hasChecksums: boolean;
  /** To what stored blocks are padded; 0: they are not. */
  readonly blockSize: number;
  /** Position of the root of the index; 0: there are no records. */
  readonly root: number;
  readonly metadata: Uint8Array;
}

/**
 * How long the footer is.
 * @param tail the last `TAIL_SIZE` bytes of the file, or more
 * @param size of the file
 * @throws `MAGIC`, `FOOTER_SIZE`
 */
export function footerSizeIn(tail: Uint8Array, size: number, file: string | undefined): number {
  const at = tail.length - TAIL_SIZE;
  const place = { offset: size - TAIL_SIZE, file };
  if (getU32(tail, at + 2) !== TAIL_MAGIC) throw new ReftableError('format', 'MAGIC', 'not an sst-v2 table', place);
  const length = getU16(tail, at);
  if (length < MIN_FOOTER_SIZE || length > size) {
    throw new ReftableError('format', 'FOOTER_SIZE', `footer of ${length} bytes in a file of ${size}`, place);
  }
  return length;
}

/**
 * Reads a footer.
 * @param bytes all of it, of the length that {@link footerSizeIn} found
 * @param start where it stands in the file
 * @throws `MAGIC`, `FOOTER_CRC`, `ROOT_POSITION`; `VERSION` (unsupported)
 */
export function parseFooter(bytes: Uint8Array, start: number, file: string | undefined): Footer {
  const reader = new ByteReader(bytes, 0, bytes.length - TAIL_SIZE);
  if (reader.u32() !== HEAD_MAGIC) throw new ReftableError('format', 'MAGIC', 'not an sst-v2 table', { offset: start, file });
  const crcAt = bytes.length - 4;
  if (getU32(bytes, crcAt) !== crc32(bytes.subarray(0, crcAt))) {
    throw new ReftableError('format', 'FOOTER_CRC', 'footer fails its checksum', { offset: start, file });
  }
  const version = reader.u8();
  if (version !== VERSION && version !== (EXPERIMENT | CHECKSUMS)) {
    throw new ReftableError('unsupported', 'VERSION', `container of version ${version}`, { offset: start + 4, file });
  }
  const blockSize = reader.u24();
  const root = reader.bigU64();
  if (root >= BigInt(start) && root > 0n) throw misplaced(`root of the index at ${root}, behind the blocks`, start, file);
  if (root === 0n && start > 0) throw misplaced('blocks without an index', start, file);
  return { hasChecksums: version !== VERSION, blockSize, root: Number(root), metadata: reader.view(reader.left).slice() };
}

/** The container version of a table with such blocks. */
export function containerVersion(hasChecksums: boolean): number {
  return hasChecksums ? EXPERIMENT | CHECKSUMS : VERSION;
}

/** A footer. */
export function encodeFooter({ hasChecksums, blockSize, root, metadata }: Footer): Uint8Array {
  const size = MIN_FOOTER_SIZE + metadata.length;
  const writer = new ByteWriter(size);
  writer.u32(HEAD_MAGIC);
  writer.u8(containerVersion(hasChecksums));
  writer.u24(blockSize);
  writer.u64(root);
  writer.bytes(metadata);
  writer.u16(size);
  writer.u32(TAIL_MAGIC);
  writer.u32(crc32(writer.view()));
  return writer.view();
}

function misplaced(message: string, start: number, file: string | undefined): ReftableError {
  return new ReftableError('format', 'ROOT_POSITION', message, { offset: start + 8, file });
}
