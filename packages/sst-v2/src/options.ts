import { MAX_RESTARTS } from '@reftable/block';
import { checkNumber, ReftableError } from '@reftable/varint';
import { maxStoredSize, type Codec } from './container-block.js';

/** How a table is written. */
export interface SstOptions {
  /** The bytes up to which a block is filled, before it is compressed, and to which stored blocks are padded: 64 to 2^24-1. Default 4096. A larger record gets a larger block. */
  readonly blockSize?: number;
  /** Whether stored blocks are padded to the block size, where there is more than one. Default true. */
  readonly aligned?: boolean;
  /** After how many records a key is stored whole: 1 to 65,535. Default 16. */
  readonly restartInterval?: number;
  /** How data blocks are stored: all alike, or as is said by a function of the block's first key. Default `stored`. Blocks that would not get smaller are stored anyway. */
  readonly codec?: Codec | ((firstKey: Uint8Array) => Codec);
  /** An experiment, which other readers need not know: whether each block ends with a checksum. Default false. */
  readonly checksums?: boolean;
}

/** Options with everything filled in and checked. */
export interface SstGeometry {
  /** The bytes up to which a block is filled. */
  readonly blockSize: number;
  /** To what stored blocks are padded; 0: they are not. */
  readonly alignment: number;
  readonly restartInterval: number;
  readonly codecFor: (firstKey: Uint8Array) => Codec;
  readonly hasChecksums: boolean;
}

const MIN_BLOCK_SIZE = 64;

/** Fills in the defaults. @throws `NUMBER_RANGE`, `BLOCK_SIZE` (misuse) */
export function resolveOptions(options: SstOptions): SstGeometry {
  const { blockSize = 4096, aligned = true, restartInterval = 16, codec = 'stored', checksums = false } = options;
  checkNumber(blockSize, maxStoredSize(false));
  checkNumber(restartInterval, MAX_RESTARTS);
  if (restartInterval === 0) throw new ReftableError('misuse', 'NUMBER_RANGE', 'restart interval of 0');
  if (blockSize < MIN_BLOCK_SIZE) throw new ReftableError('misuse', 'BLOCK_SIZE', `block size ${blockSize} is below ${MIN_BLOCK_SIZE}`);
  return {
    blockSize,
    alignment: aligned ? blockSize : 0,
    restartInterval,
    codecFor: typeof codec === 'function' ? codec : () => codec,
    hasChecksums: checksums,
  };
}
