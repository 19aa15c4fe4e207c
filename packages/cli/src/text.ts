/* How text out of a file is shown: whatever it holds, a terminal must only ever print it. */

/**
 * What a terminal could obey, or be misled by: control characters, line ends, and what turns the direction of writing around.
 * Each stands for itself nowhere in the output.
 */
// eslint-disable-next-line no-control-regex -- these are what it is for
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** In bytes taken for characters: a character of several bytes in UTF-8 as it must be, or a byte that is part of none. */
const BEYOND_ASCII =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|[\x80-\xff]/g;

/**
 * Text fit for a line of output.
 * @param exact the bytes of a text that is not UTF-8: those that are no part of a character are shown in hex, such as `\xff`
 */
export function printable(text: string, exact?: Uint8Array): string {
  const whole = exact === undefined ? text : decodeWithEscapes(exact);
  return whole.search(UNPRINTABLE) < 0 ? whole : whole.replace(UNPRINTABLE, escapeCharacter);
}

/** The same for JSON, where a character may always be given by its number. */
export function printableJson(json: string): string {
  return json.search(UNPRINTABLE) < 0 ? json : json.replace(UNPRINTABLE, (character) => `\\u${hex(character, 4)}`);
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return character < '\x80' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function decodeWithEscapes(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(BEYOND_ASCII, (match) => (match.length === 1 ? `\\x${hex(match, 2)}` : Buffer.from(match, 'latin1').toString()));
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** A time zone's number as Git writes it: 330 is `+0330`. */
export function signed(timeZone: number): string {
  return `${timeZone < 0 ? '-' : '+'}${String(Math.abs(timeZone)).padStart(4, '0')}`;
}

/** A number with its noun: `1 table`, `3 tables`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
