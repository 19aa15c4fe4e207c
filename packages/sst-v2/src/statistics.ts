/** What the records of a table come to. */
export interface DataStatistics {
  readonly records: number;
  /** Bytes of all keys, whole. */
  readonly keySize: number;
  /** Bytes of all values. */
  readonly valueSize: number;
  readonly dataBlocks: number;
  /** Data blocks that are compressed. */
  readonly compressedBlocks: number;
  /** Bytes of the data blocks, without padding. */
  readonly dataSize: number;
}

/** What a table comes to. */
export interface SstStatistics extends DataStatistics {
  readonly indexBlocks: number;
  readonly indexLevels: number;
  /** Bytes of the index blocks, without padding. */
  readonly indexSize: number;
  /** Bytes of padding. */
  readonly paddingSize: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Statistics while they are gathered. */
export type Tally = { -readonly [K in keyof SstStatistics]: number };

/** Statistics of nothing. */
export function emptyTally(): Tally {
  return {
    records: 0,
    keySize: 0,
    valueSize: 0,
    dataBlocks: 0,
    compressedBlocks: 0,
    dataSize: 0,
    indexBlocks: 0,
    indexLevels: 0,
    indexSize: 0,
    paddingSize: 0,
    size: 0,
  };
}

/** Counts a block. */
export function countBlock(tally: Tally, isData: boolean, size: number, isCompressed: boolean): void {
  if (isData) {
    tally.dataBlocks++;
    tally.dataSize += size;
    if (isCompressed) tally.compressedBlocks++;
  } else {
    tally.indexBlocks++;
    tally.indexSize += size;
  }
}
