import { crc32 } from '@reftable/block/crc32';
import { ReadRequest, type Core, type SourceInfo } from '@reftable/io';
import { getU32, isReftableError, putU32 } from '@reftable/varint';
import { ByteWriter, hasBytesAt } from '@reftable/varint/bytes';
import { footerSize, parseFooter, type SectionPositions } from '../footer.js';
import { encodeHeader, headerSize, MAX_HEADER_SIZE, parseHeader, type Header } from '../header.js';
import type { Findings } from './finding.js';

/** What stands around a table's blocks, as far as it can be made out. */
export interface Frame {
  readonly header: Header;
  /** Where the footer says that the sections are; undefined: it says nothing of use. */
  readonly positions: SectionPositions | undefined;
  /** Where the footer begins; the file's size, where there is none. */
  readonly end: number;
}

const SMALLEST = headerSize(1) + footerSize(1);

/** Reads header and footer, and reports what is wrong with them. Undefined: too much to go on. */
export function* readFrame(source: SourceInfo, findings: Findings): Core<Frame | undefined> {
  const { size } = source;
  findings.section = 'header';
  if (size < SMALLEST) {
    findings.add('FILE_TOO_SHORT', `file of ${size} bytes has no room for a header and a footer`, 0);
    return undefined;
  }
  const head = new ReadRequest(source, 0, MAX_HEADER_SIZE);
  yield head;
  const tail = new ReadRequest(source, size - footerSize(2), footerSize(2));
  yield tail;
  const front = readHeader(head.bytes, findings);
  // The footer repeats the header, and has a checksum: where they differ, it is in the right.
  const header = sealedHeader(tail.bytes) ?? front ?? mendLimits(head.bytes);
  if (header === undefined) return undefined;
  const start = size - footerSize(header.version);
  if (start < headerSize(header.version)) {
    findings.add('FILE_TOO_SHORT', `file of ${size} bytes has no room for a header and a footer of version ${header.version}`, 0);
    return undefined;
  }
  findings.section = 'footer';
  const footer = tail.bytes.slice(-footerSize(header.version));
  if (!isFooter(footer, header)) {
    findings.add('MAGIC', 'no footer at the end of the file', start);
    return { header, positions: undefined, end: size };
  }
  return { header, positions: readFooter(footer, start, front ?? header, header, findings), end: start };
}

function readHeader(bytes: Uint8Array, findings: Findings): Header | undefined {
  try {
    return parseHeader(bytes, 0, undefined);
  } catch (error) {
    findings.addError(error);
    return undefined;
  }
}

/** The header in a footer whose checksum is right. @param tail the file's last bytes, as many as a footer may have */
function sealedHeader(tail: Uint8Array): Header | undefined {
  for (const version of [1, 2] as const) {
    const footer = tail.subarray(-footerSize(version));
    const header = isSealed(footer) ? soundHeader(footer) : undefined;
    if (header?.version === version) return header;
  }
  return undefined;
}

function soundHeader(bytes: Uint8Array): Header | undefined {
  try {
    return parseHeader(bytes, 0, undefined);
  } catch (error) {
    if (isReftableError(error)) return undefined;
    throw error;
  }
}

/** The header without a highest update index, which is below the lowest and of no use: so that the rest can be looked at. */
function mendLimits(bytes: Uint8Array): Header | undefined {
  const copy = bytes.slice();
  copy.fill(0xff, 16, 24);
  return soundHeader(copy);
}

/**
 * What the footer says, even if it is damaged: what reading stumbles over is mended in the copy, to see what it says of the rest.
 * @param front what the header says
 * @param header what is taken for right
 */
function readFooter(footer: Uint8Array, start: number, front: Header, header: Header, findings: Findings): SectionPositions | undefined {
  const mends = [() => undefined, () => seal(footer), () => repeatHeader(footer, header)];
  for (const [index, mend] of mends.entries()) {
    mend();
    try {
      return parseFooter(footer, start, index < 2 ? front : header, undefined);
    } catch (error) {
      findings.addError(error);
    }
  }
  return undefined;
}

/** Whether these bytes were a footer once: with its checksum, or the start or the rest of the header. */
function isFooter(footer: Uint8Array, header: Header): boolean {
  const expected = bytesOf(header);
  return isSealed(footer) || hasBytesAt(footer, 0, expected, 4) || hasBytesAt(footer, 4, expected.subarray(4));
}

function isSealed(footer: Uint8Array): boolean {
  return getU32(footer, footer.length - 4) === crc32(footer.subarray(0, -4));
}

function seal(footer: Uint8Array): void {
  putU32(footer, footer.length - 4, crc32(footer.subarray(0, -4)));
}

function repeatHeader(footer: Uint8Array, header: Header): void {
  footer.set(bytesOf(header));
  seal(footer);
}

function bytesOf(header: Header): Uint8Array {
  const writer = new ByteWriter();
  encodeHeader(writer, header);
  return writer.view();
}
