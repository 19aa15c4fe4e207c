import { ByteWriter } from '@reftable/varint/bytes';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** About how many bytes of names are decoded at once: enough to pay, and little to keep alive for a single name that is kept. */
const BATCH_BYTES = 4096;

/** What names are taken from: a cursor whose record's key is a name. */
export interface NameCursor {
  readonly record: { readonly key: Uint8Array; readonly keyLength: number };
  next(): boolean;
}

/** Makes strings of many names at once: to decode one long text and cut it up is several times faster than to decode each name. */
export class NameBatch {
  readonly #bytes = new ByteWriter(2 * BATCH_BYTES);
  readonly #ends: number[] = [];

  /** Takes the name that the cursor is at and those that follow in memory, up to a bound. */
  collect(cursor: NameCursor): void {
    this.#bytes.length = this.#ends.length = 0;
    do {
      const { key, keyLength } = cursor.record;
      const start = this.#bytes.reserve(keyLength);
      const { buffer } = this.#bytes;
      for (let index = 0; index < keyLength; index++) buffer[start + index] = key[index]!;
      this.#ends.push(start + keyLength);
    } while (this.#bytes.length < BATCH_BYTES && cursor.next());
  }

  /** The names taken. */
  strings(): string[] {
    const bytes = this.#bytes.view();
    const text = decoder.decode(bytes);
    // As many characters as bytes: each byte is a character of its own, so the text may be cut where the names end.
    const isPlain = text.length === bytes.length;
    const names: string[] = [];
    let start = 0;
    for (const end of this.#ends) {
      names.push(isPlain ? text.slice(start, end) : decoder.decode(bytes.subarray(start, end)));
      start = end;
    }
    return names;
  }
}
