import { readJson } from './data.js';
import { casesOf, type Case } from './manifest.js';
import { FolderFiles } from './stack-files.js';
import { TableCase } from './table-case.js';

/** What is wrong with damaged data, by a name of no implementation's. `README.md` says what each means. */
export type Failure =
  | 'bad-magic'
  | 'block-empty'
  | 'block-length'
  | 'block-type'
  | 'deflate-checksum'
  | 'deflate-damaged'
  | 'deflate-length'
  | 'deflate-truncated'
  | 'footer-checksum'
  | 'footer-missing'
  | 'hash-mixed'
  | 'header-footer-differ'
  | 'index-loop'
  | 'index-target'
  | 'key-duplicate'
  | 'key-empty'
  | 'key-length'
  | 'key-order'
  | 'key-prefix'
  | 'limits-reversed'
  | 'list-duplicate'
  | 'list-missing'
  | 'list-name'
  | 'list-unterminated'
  | 'log-key'
  | 'object-id-length'
  | 'object-target'
  | 'record-truncated'
  | 'restart-count'
  | 'restart-offset'
  | 'section-order'
  | 'section-outside-file'
  | 'stack-order'
  | 'table-missing'
  | 'table-not-a-file'
  | 'too-short'
  | 'unsupported-hash'
  | 'unsupported-version'
  | 'update-index-overflow'
  | 'value-type'
  | 'varint-overflow';

/** What a reader must say of damaged data. */
interface DamageExpectation {
  readonly case: string;
  /** What is wrong, in a sentence. */
  readonly description: string;
  /** Hash of the object ids, or that of what the data were made from. */
  readonly hash: 'sha1' | 'sha256';
  /** What the data were made from: a path below `data/`, or `assembled`. */
  readonly base: string;
  readonly failure: Failure;
  /** Whether a reader may be sound and yet not know the data's version or hash, or whether something is not there at all. */
  readonly kind: 'damaged' | 'unsupported' | 'missing';
  /** `fail`: a reader must say that it failed. `fail or misread`: one that does not check gives other, but well-formed records. */
  readonly must: 'fail' | 'fail or misread';
}

/** `expected.json` of a damaged table. */
export interface DamagedTableExpectation extends DamageExpectation {
  /** Bytes in the file. */
  readonly size: number;
  /** The step at which the failure shows at the latest. */
  readonly step: 'open' | 'scan-refs' | 'seek' | 'scan-logs' | 'by-object';
  /** What to look for: the ref or the ref's log in `seek`, the object id in `by-object`. */
  readonly at?: { readonly ref: string } | { readonly log: string } | { readonly oid: string };
}

/** `expected.json` of a damaged stack. */
export interface DamagedStackExpectation extends DamageExpectation {
  readonly step: 'open';
}

/** A reftable folder that is no stack. */
export class DamagedStack extends FolderFiles {
  readonly name: string;
  readonly description: string;
  readonly #case: Case;
  #expected: DamagedStackExpectation | undefined;

  constructor(entry: Case) {
    super(entry, `damaged/stacks/${entry.name}/reftable`);
    this.#case = entry;
    this.name = entry.name;
    this.description = entry.description;
  }

  get expected(): DamagedStackExpectation {
    return (this.#expected ??= readJson(this.#case.expectation) as DamagedStackExpectation);
  }
}

/** Tables of which each is wrong in one way. */
export function damagedTables(): readonly TableCase<DamagedTableExpectation>[] {
  return casesOf('damaged/tables').map((entry) => new TableCase(entry));
}

/** Folders of which each has something wrong in its list or tables. */
export function damagedStacks(): readonly DamagedStack[] {
  return casesOf('damaged/stacks').map((entry) => new DamagedStack(entry));
}
