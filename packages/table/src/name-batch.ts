import { ByteWriter, copyShort } from '@reftable/varint/bytes';

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
  /* Where each name ends among the bytes, how many there are, and how many were taken. */
  readonly #ends: number[] = [];
  #count = 0;
  #taken = 0;
  #text = '';

  /** Collects the name that the cursor is at and those that follow in memory, up to a bound. If it throws, those before the damage were collected. */
  collect(cursor: NameCursor): void {
    this.#bytes.length = this.#count = this.#taken = 0;
    try {
      do this.#add(cursor.record.key, cursor.record.keyLength);
      while (this.#bytes.length < BATCH_BYTES && cursor.next());
    } finally {
      this.#text = decoder.decode(this.#bytes.view());
    }
  }

  /** The next of the names collected; undefined if all were taken. */
  take(): string | undefined {
    if (this.#taken === this.#count) return undefined;
    const start = this.#taken === 0 ? 0 : this.#ends[this.#taken - 1]!;
    const end = this.#ends[this.#taken++]!;
    // As many characters as bytes: each byte is a character of its own, so the text may be cut where the names end.
    const isPlain = this.#text.length === this.#bytes.length;
    return isPlain ? this.#text.slice(start, end) : decoder.decode(this.#bytes.buffer.subarray(start, end));
  }

  #add(key: Uint8Array, keyLength: number): void {
    const start = this.#bytes.reserve(keyLength);
    this.#ends[this.#count++] = copyShort(key, 0, keyLength, this.#bytes.buffer, start);
  }
}
