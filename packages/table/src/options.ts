import { BLOCK_HEADER_SIZE, MAX_BLOCK_SIZE, MAX_RESTARTS, type Hash } from '@reftable/block';
import { checkNumber, checkU64 } from '@reftable/varint';
import { misuse } from './errors.js';
import { headerSize, type Header } from './header.js';

/** How a table is written. The defaults are Git's. */
export interface TableOptions {
  /** The repository's hash: `sha1` (default) makes a table of version 1, `sha256` one of version 2. */
  readonly hash?: Hash;
  /** The most bytes that a block may have (a log block: before it is deflated), and to which blocks are padded: up to 2^24-1. Default 4096. */
  readonly blockSize?: number;
  /** Whether blocks are padded to the block size. Default true; if false, the header gives the block size as 0, as the format's text says. */
  readonly aligned?: boolean;
  /** After how many records a key is stored whole: 1 to 65,535. Default 16. */
  readonly restartInterval?: number;
  /** Whether a table with a ref index gets an object section, by which refs are found by object id. Default true. */
  readonly indexObjects?: boolean;
  /** Whether log messages are stored as given. Default false: as Git does, a message is one line, and is ended with a newline. */
  readonly exactLogMessages?: boolean;
  /**
   * How many mentions of object ids are held at most to make the object section of, each in 24 or 36 bytes; only ids that start with the same byte are
   * held whatever their number. Default: all. Where there are more, `endRefs` asks for the refs again.
   */
  readonly maxMentions?: number;
  /** The least update index that a ref in the table may have. */
  readonly minUpdateIndex: number | bigint;
  /** The greatest update index that a ref or a log update in the table may have. */
  readonly maxUpdateIndex: number | bigint;
}

/** Options with everything filled in and checked. */
export interface TableGeometry {
  readonly header: Header;
  /** The most bytes of a block. */
  readonly blockSize: number;
  /** To what blocks are padded; 0: they are not. */
  readonly alignment: number;
  readonly restartInterval: number;
  /** A section of more blocks than this gets an index, and so does each level of it. */
  readonly indexThreshold: number;
  readonly indexObjects: boolean;
  readonly maxMentions: number;
  readonly exactLogMessages: boolean;
}

/** The hash of each version; there is none before the first. */
const VERSIONS: readonly string[] = ['', 'sha1', 'sha256'];

/** Fills in the defaults. @throws `HASH`, `NUMBER_RANGE`, `BLOCK_SIZE`, `LIMITS` (misuse) */
export function resolveOptions(options: TableOptions): TableGeometry {
  const { hash = 'sha1', blockSize = 4096, aligned = true, restartInterval = 16 } = options;
  const { indexObjects = true, maxMentions = Number.MAX_SAFE_INTEGER, exactLogMessages = false } = options;
  const version = VERSIONS.indexOf(hash);
  if (version !== 1 && version !== 2) throw misuse('HASH', `no hash '${hash}'`);
  checkNumber(blockSize, MAX_BLOCK_SIZE);
  checkNumber(restartInterval, MAX_RESTARTS);
  checkNumber(maxMentions, Number.MAX_SAFE_INTEGER);
  checkU64(options.minUpdateIndex);
  checkU64(options.maxUpdateIndex);
  const minUpdateIndex = BigInt(options.minUpdateIndex);
  const maxUpdateIndex = BigInt(options.maxUpdateIndex);
  if (minUpdateIndex > maxUpdateIndex) {
    throw misuse('LIMITS', `update indexes from ${minUpdateIndex} to ${maxUpdateIndex}`);
  }
  if (restartInterval === 0) throw misuse('NUMBER_RANGE', 'restart interval of 0');
  // A header, a block's header, the shortest record there is, a restart and the restart count.
  const least = headerSize(version) + BLOCK_HEADER_SIZE + 4 + 3 + 2;
  if (blockSize < least) throw misuse('BLOCK_SIZE', `block size ${blockSize} is below ${least}`);
  return {
    header: { version, hash, blockSize: aligned ? blockSize : 0, minUpdateIndex, maxUpdateIndex },
    blockSize,
    alignment: aligned ? blockSize : 0,
    restartInterval,
    indexThreshold: aligned ? 3 : 1,
    indexObjects,
    maxMentions,
    exactLogMessages,
  };
}
