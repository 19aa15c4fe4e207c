/** Where text goes. */
export interface Output {
  /** Writes all of it. Rejects where that fails. */
  write(text: string): Promise<void>;
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
}

/** Characters that are gathered before they are written: a call for each line would cost more than the line. */
const BATCH = 1 << 16;

/** Writes text piece by piece, never faster than it is taken. */
export async function writeAll(output: Output, pieces: Iterable<string>): Promise<void> {
  let batch = '';
  try {
    for (const piece of pieces) {
      batch += piece;
      if (batch.length < BATCH) continue;
      await output.write(batch);
      batch = '';
    }
  } finally {
    // Where the pieces end in an error, what came before it is still shown.
    if (batch !== '') await output.write(batch);
  }
}
