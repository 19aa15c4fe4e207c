/* What a verification finds, and the list of it, which stays short whatever the table. */
import { isReftableError } from '@reftable/varint';

/**
 * How grave a finding is:
 * - `error`: the table breaks the format; some reader fails on it, or answers wrongly.
 * - `warning`: the format allows it, but Git would not have written it so, does not read it, or does not take it for what it seems to be.
 * - `info`: odd, and no harm; or something about the verification itself.
 */
export type Severity = 'error' | 'warning' | 'info';

/** Every code, and how grave it is. Those of errors that reading throws are the same here. */
export const SEVERITIES = {
  FILE_TOO_SHORT: 'error',
  MAGIC: 'error',
  VERSION: 'error',
  HASH_ID: 'error',
  LIMITS: 'error',
  FOOTER_CRC: 'error',
  FOOTER_HEADER: 'error',
  SECTION_POSITION: 'error',
  BLOCK_TYPE: 'error',
  BLOCK_LENGTH: 'error',
  RESTART_COUNT: 'error',
  RESTART_OFFSET: 'error',
  LOG_DEFLATE: 'error',
  PADDING_BYTES: 'error',
  PREFIX_LENGTH: 'error',
  RECORD_TRUNCATED: 'error',
  VALUE_TYPE: 'error',
  VARINT_OVERFLOW: 'error',
  KEY_ORDER: 'error',
  KEY_DUPLICATE: 'error',
  LOG_KEY: 'error',
  UPDATE_INDEX: 'error',
  UPDATE_INDEX_OVERFLOW: 'error',
  INDEX_POSITION: 'error',
  INDEX_KEY: 'error',
  INDEX_MISSING: 'error',
  OBJECT_ID_LENGTH: 'error',
  OBJECT_POSITION: 'error',
  OBJECT_MISSING: 'error',
  OBJECT_EXTRA: 'error',
  OBJECTS_DIFFER: 'error',
  INDEX_ABSENT: 'warning',
  BLOCK_SIZE: 'warning',
  PADDING: 'warning',
  OBJECT_ID_SHORT: 'warning',
  REF_NAME: 'warning',
  REF_TARGET: 'warning',
  NULL_ID: 'warning',
  LOG_IDENTITY: 'warning',
  FILE_NAME: 'warning',
  TIME_ZONE: 'info',
  LOG_MESSAGE: 'info',
  OBJECTS_NOT_COMPARED: 'info',
  BYTES_SKIPPED: 'info',
  FINDINGS_OMITTED: 'info',
} as const satisfies Record<string, Severity>;

/** The stable name of what was found. VERIFY.md says what each means. */
export type FindingCode = keyof typeof SEVERITIES;

/** A part of the file. */
export type TablePart = 'header' | 'refs' | 'ref-index' | 'objects' | 'object-index' | 'logs' | 'log-index' | 'footer';

/** Something found in a table. Plain: it can be printed as JSON. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** For people: it may change at any time. */
  readonly message: string;
  /** Byte offset in the file (for what is inside a deflated block: the offset of the block). */
  readonly offset?: number;
  readonly section?: TablePart;
  /** Name of the file, as its source or the options have it. */
  readonly file?: string;
}

/** So many findings of one code are listed one by one; the others are counted. */
export const MAX_PER_CODE = 100;

/** Counts findings by their codes, so that a list of them stays short. */
export class FindingCounts<C extends string> {
  readonly #counts = new Map<C, number>();

  /** Whether no more of a code are listed. */
  isFull(code: C): boolean {
    return (this.#counts.get(code) ?? 0) >= MAX_PER_CODE;
  }

  /** Counts a finding. Whether it is to be listed. */
  add(code: C): boolean {
    const isListed = !this.isFull(code);
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    return isListed;
  }

  /** What is to be said at the list's end of those that are not in it. */
  omitted(): Pick<Finding, 'code' | 'severity' | 'message'>[] {
    const [code, severity] = ['FINDINGS_OMITTED', SEVERITIES.FINDINGS_OMITTED] as const;
    const over = [...this.#counts].filter(([, count]) => count > MAX_PER_CODE);
    return over.map(([of, count]) => ({ code, severity, message: `${count - MAX_PER_CODE} more of ${of}` }));
  }
}

/** Collects findings. */
export class Findings {
  /** What is looked at: the section of the findings that come. */
  section: TablePart | undefined;
  readonly #file: string | undefined;
  readonly #list: Finding[] = [];
  readonly #counts = new FindingCounts<FindingCode>();

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** @param offset in the file, in bytes; @param section if it is not the one that is looked at */
  add(code: FindingCode, message: string, offset?: number, section = this.section): void {
    // One damage may show in two ways to the same place.
    if (!this.#counts.isFull(code) && this.#list.some((other) => other.code === code && other.offset === offset && other.message === message)) return;
    if (!this.#counts.add(code)) return;
    this.#list.push({
      code,
      severity: SEVERITIES[code],
      message,
      ...(offset !== undefined && { offset }),
      ...(section !== undefined && { section }),
      ...(this.#file !== undefined && { file: this.#file }),
    });
  }

  /** What reading threw: damage is a finding, anything else is thrown again. */
  addError(error: unknown, section = this.section): void {
    if (!isReftableError(error, 'format', 'unsupported')) throw error;
    const { code, message, offset, file } = error;
    // A message names its place, which here has fields of its own.
    const start = file === undefined ? 0 : `${file}: `.length;
    const end = offset === undefined ? message.length : message.length - ` at byte ${offset}`.length;
    this.add(code as FindingCode, message.slice(start, end), offset, section);
  }

  /** All of them, in the order in which they were met; at the end, how many are not listed. */
  list(): Finding[] {
    for (const { code, message } of this.#counts.omitted()) this.add(code, message);
    return this.#list;
  }
}
