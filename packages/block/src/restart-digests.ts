/** The digests of some blocks, in one piece, so that few of those that are used drive each other out of the processor's memory. */
export class RestartDigests {
  /** One after another. None starts at 0; and the fraction there makes this an array of doubles from the beginning. */
  readonly numbers: number[] = [0.5];
  /** For each block: where in `numbers` its digest starts; 0 if there is none yet. */
  readonly starts: number[];

  /** @param count how many blocks there are */
  constructor(count: number) {
    this.starts = Array.from({ length: count }, () => 0);
  }

  /** Adds the digest of block number `index`, instead of the one that there is. Returns where it starts. */
  add(index: number, digest: readonly number[]): number {
    const start = this.numbers.length;
    for (const number of digest) this.numbers.push(number);
    return (this.starts[index] = start);
  }
}
