/*
 * Names, targets, identities and messages are bytes in the file. Mostly they are UTF-8, but nothing says they must be:
 * a string is handed out, and where it can't hold the bytes exactly, the bytes beside it.
 */
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The longest text that is put together from character codes: for short ones that beats a decoder. */
const SHORT = 64;

/** What the file holds, as a string (U+FFFD for what is not UTF-8) and, only where the string is not exact, as bytes. */
export interface Text {
  readonly text: string;
  readonly exact?: Uint8Array;
}

/** Decodes `bytes` from `start` to `end`. */
export function decodeText(bytes: Uint8Array, start: number, end: number): Text {
  const ascii = shortAscii(bytes, start, end);
  if (ascii !== undefined) return { text: ascii };
  const view = bytes.subarray(start, end);
  try {
    return { text: strict.decode(view) };
  } catch {
    return { text: lenient.decode(view), exact: view.slice() };
  }
}

/** As the `text` of {@link decodeText}, where nobody asks whether it is exact. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  return shortAscii(bytes, start, end) ?? lenient.decode(bytes.subarray(start, end));
}

/** Character codes on their way into a string. */
const codes: number[] = [];

function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length > SHORT) return undefined;
  codes.length = length;
  for (let index = 0; index < length; index++) {
    const code = bytes[start + index]!;
    if (code > 127) return undefined;
    codes[index] = code;
  }
  return String.fromCharCode.apply(null, codes);
}

/** A parameter that takes a string or its exact bytes, as bytes. A lone surrogate becomes U+FFFD. */
export function textBytes(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') return text;
  // For short plain text, this is several times faster than an encoder.
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return encoder.encode(text);
    bytes[index] = code;
  }
  return bytes;
}
