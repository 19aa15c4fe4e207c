/*
 * A file of Git's configuration.
 *
 *   [section] [section "Subsection"] [section.subsection]
 *   name = value   ; or just a name, which is true
 */
import { ReftableError } from '@reftable/varint';

/** A key, `section.name` or `section.subsection.name`, in lower case but for a quoted subsection; and its value, null for a name without `=`. */
export type Setting = readonly [key: string, value: string | null];

/** Settings by their keys. */
export class Config {
  /** The last value of each key. */
  readonly values: ReadonlyMap<string, string | null>;
  /** What errors call it. */
  readonly file: string;

  constructor(settings: Iterable<Setting>, file: string) {
    this.values = new Map(settings);
    this.file = file;
  }

  /** A text; undefined where it is not set. @throws `CONFIG_VALUE` (format) */
  text(key: string): string | undefined {
    const value = this.values.get(key);
    if (value === null) throw this.#wrong(key, value);
    return value;
  }

  /** A truth value; undefined where it is not set. @throws `CONFIG_VALUE` (format) */
  boolean(key: string): boolean | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (value === null || /^(?:true|yes|on)$/i.test(value)) return true;
    if (/^(?:false|no|off|)$/i.test(value)) return false;
    return this.#number(key, value) !== 0;
  }

  /** A whole number; undefined where it is not set. @throws `CONFIG_VALUE` (format) */
  number(key: string): number | undefined {
    const value = this.values.get(key);
    return value === undefined ? undefined : this.#number(key, value);
  }

  /** As in C, a number may be octal or hexadecimal, and is of 64 bits; a unit may follow. */
  #number(key: string, value: string | null): number {
    const [, sign, digits, unit = ''] = /^[ \t\n\v\f\r]*([-+]?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)([kmg]?)$/i.exec(value ?? '') ?? [];
    if (digits === undefined) throw this.#wrong(key, value);
    const size = BigInt(digits.replace(/^0(?=\d)/, '0o')) << BigInt(10 * ' kmg'.indexOf(unit.toLowerCase() || ' '));
    const number = sign === '-' ? -size : size;
    if (BigInt.asIntN(64, number) !== number) throw this.#wrong(key, value);
    return Number(number);
  }

  #wrong(key: string, value: string | null): ReftableError {
    const message = value === null ? `${key} has no value` : `${key} can not be ${JSON.stringify(value)}`;
    return new ReftableError('format', 'CONFIG_VALUE', message, { file: this.file });
  }
}

/**
 * Reads a file of Git's configuration.
 * @param file what errors call it
 * @throws `CONFIG_SYNTAX` (format)
 */
export function parseConfig(bytes: Buffer, file: string): Config {
  return new Config(parseSettings(bytes, file), file);
}

/** All settings of a file, in their order. @throws as {@link parseConfig} */
export function parseSettings(bytes: Buffer, file: string): Setting[] {
  return new ConfigParser(bytes, file).parse();
}

/** After a backslash. The end of a line is nothing: the value goes on. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': '', n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"' };

class ConfigParser {
  readonly #text: string;
  readonly #file: string;
  readonly #settings: Setting[] = [];
  #at = 0;

  constructor(bytes: Buffer, file: string) {
    // As in Git, the end of the file is the end of a line.
    this.#text = `${bytes.toString('utf8').replace(/^\uFEFF/, '')}\n`.replaceAll('\r\n', '\n');
    this.#file = file;
  }

  parse(): Setting[] {
    let section: string | undefined;
    for (;;) {
      this.#take(/[ \t\r\n]*/y);
      if (this.#at === this.#text.length) return this.#settings;
      if (this.#take(/[#;][^\n]*/y) !== undefined) continue;
      if (this.#take(/\[/y) !== undefined) {
        section = this.#section();
        continue;
      }
      const name = this.#take(/[A-Za-z][A-Za-z0-9-]*/y);
      if (name === undefined || section === undefined) throw this.#wrong();
      this.#take(/[ \t]*/y);
      this.#settings.push([`${section}.${name.toLowerCase()}`, this.#take(/=/y) === undefined ? this.#noValue() : this.#value()]);
    }
  }

  /** What follows a `[`. */
  #section(): string {
    const section = this.#take(/[A-Za-z0-9.-]+/y)?.toLowerCase();
    if (section === undefined) throw this.#wrong();
    if (this.#take(/\]/y) !== undefined) return section;
    // In a quoted subsection, a backslash only takes the meaning of what follows it.
    const quoted = this.#take(/[ \t]+"(?:[^"\\\n]|\\[^\n])*"\]/y);
    if (quoted === undefined) throw this.#wrong();
    return `${section}.${quoted.slice(quoted.indexOf('"') + 1, -2).replaceAll(/\\(.)/g, '$1')}`;
  }

  /** The end of a name without `=`: as in Git, nothing else may stand on the line. */
  #noValue(): null {
    if (this.#take(/\n/y) === undefined) throw this.#wrong();
    return null;
  }

  /** What follows a `=`: quoted parts, escapes, lines that go on after a backslash; blanks at either end and a comment do not belong to it. */
  #value(): string {
    let value = '';
    /** How much of it stays whatever follows: blanks after that may be those at the end. */
    let kept = 0;
    let isQuoted = false;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') {
        if (isQuoted) throw this.#wrong();
        return value.slice(0, kept);
      }
      this.#at++;
      if (char === '"') {
        isQuoted = !isQuoted;
        kept = value.length;
      } else if (char === '\\') {
        value += this.#escape();
        kept = value.length;
      } else if (!isQuoted && (char === '#' || char === ';')) {
        this.#take(/[^\n]*/y);
      } else {
        const isBlank = !isQuoted && /[ \t\r]/.test(char);
        if (!isBlank || value !== '') value += char;
        if (!isBlank) kept = value.length;
      }
    }
  }

  #escape(): string {
    const meaning = ESCAPES[this.#text[this.#at] ?? ''];
    if (meaning === undefined) throw this.#wrong();
    this.#at++;
    return meaning;
  }

  /** Goes past what matches here; undefined where nothing does. */
  #take(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #wrong(): ReftableError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new ReftableError('format', 'CONFIG_SYNTAX', `line ${line} is no setting, section or comment`, { file: this.#file });
  }
}
