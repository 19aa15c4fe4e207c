/*
 * The footer, the last 68 (version 2: 72) bytes of the file:
 *
 *   the header again
 *   u64 position of the ref index                    0 where there is none, as for all of these
 *   u64 position of the object section << 5 | bytes of an object id in its keys
 *   u64 position of the object index
 *   u64 position of the log section
 *   u64 position of the log index
 *   u32 CRC-32 of all of the footer before it
 */
import { idSize } from '@reftable/block';
import { crc32 } from '@reftable/block/crc32';
import { getU32 } from '@reftable/varint';
import { ByteReader, ByteWriter } from '@reftable/varint/bytes';
import { formatError } from './errors.js';
import { encodeHeader, headerSize, parseHeader, type Header, type Version } from './header.js';

/** Where a table's sections are: offsets in the file, 0 where there is none. */
export interface SectionPositions {
  readonly refIndex: number;
  readonly objects: number;
  /** Bytes of an object id that the object section's keys have. */
  readonly objectIdLength: number;
  readonly objectIndex: number;
  readonly logs: number;
  readonly logIndex: number;
}

/** Bytes of the footer: 68 in version 1, 72 in version 2. */
export function footerSize(version: Version): number {
  return headerSize(version) + 5 * 8 + 4;
}

/**
 * Reads a footer and holds it against the header.
 * @param bytes the footer
 * @param start where it stands in the file
 * @throws `FOOTER_CRC`, `FOOTER_HEADER` (it is not the header again), `SECTION_POSITION` (outside the file or out of order),
 *   `OBJECT_ID_LENGTH`
 */
export function parseFooter(bytes: Uint8Array, start: number, header: Header, file: string | undefined): SectionPositions {
  const crcAt = bytes.length - 4;
  if (getU32(bytes, crcAt) !== crc32(bytes.subarray(0, crcAt))) {
    throw formatError('FOOTER_CRC', 'footer fails its checksum', start, file);
  }
  const again = parseHeader(bytes, start, file);
  if (
    again.version !== header.version ||
    again.hash !== header.hash ||
    again.blockSize !== header.blockSize ||
    again.minUpdateIndex !== header.minUpdateIndex ||
    again.maxUpdateIndex !== header.maxUpdateIndex
  ) {
    throw formatError('FOOTER_HEADER', 'footer does not repeat the header', start, file);
  }
  const reader = new ByteReader(bytes, headerSize(header.version));
  const refIndex = reader.bigU64();
  const objects = reader.bigU64();
  const ordered = [refIndex, objects >> 5n, reader.bigU64(), reader.bigU64(), reader.bigU64()];
  let last = 0n;
  for (const position of ordered) {
    if (position === 0n) continue;
    if (position <= last || position >= BigInt(start)) {
      const message = `section at ${position}, after ${last} and before the footer`;
      throw formatError('SECTION_POSITION', message, start, file);
    }
    last = position;
  }
  const objectIdLength = Number(objects & 31n);
  if (ordered[1] !== 0n && (objectIdLength === 0 || objectIdLength > idSize(header.hash))) {
    throw formatError('OBJECT_ID_LENGTH', `object section with keys of ${objectIdLength} bytes`, start, file);
  }
  const at = ordered.map(Number);
  return { refIndex: at[0]!, objects: at[1]!, objectIdLength, objectIndex: at[2]!, logs: at[3]!, logIndex: at[4]! };
}

/** A footer. */
export function encodeFooter(header: Header, positions: SectionPositions): Uint8Array {
  const writer = new ByteWriter(footerSize(header.version));
  encodeHeader(writer, header);
  writer.u64(positions.refIndex);
  writer.u64((BigInt(positions.objects) << 5n) | BigInt(positions.objectIdLength));
  writer.u64(positions.objectIndex);
  writer.u64(positions.logs);
  writer.u64(positions.logIndex);
  writer.u32(crc32(writer.view()));
  return writer.view();
}
