import { performRead, performReadSync, run, runSync, type BlockSource, type BlockSourceSync, type Core, type SourceInfo } from '@reftable/io';
import { checkFileName } from './file-name.js';
import { Findings, type Finding } from './finding.js';
import { readFrame } from './frame.js';
import { Walk } from './walk.js';

/** What is known of a table from elsewhere. */
export interface VerifyOptions {
  /** The file's name, without its folder: where it is of the form that Git gives, it must agree with the header. Default: not looked at. */
  readonly name?: string;
}

/**
 * Looks at every byte of a table, and goes on behind damage wherever it can: header and footer, blocks, records and their order, each index against
 * what it stands for, the object section against the refs. VERIFY.md lists what it may find, and says what it takes: memory is bounded, however large
 * the table is, and so is the list. Of one code it has at most 100 findings, and then how many more there are.
 * @returns what was found, in the order of the file as far as that goes; nothing, for a table as Git writes it
 * @throws only what the source throws: damage is a finding
 */
export async function verifyTable(source: BlockSource, options?: VerifyOptions): Promise<Finding[]> {
  return run(verifyTableCore(source, options), performRead);
}

/** The sync face of {@link verifyTable}. */
export function verifyTableSync(source: BlockSourceSync, options?: VerifyOptions): Finding[] {
  return runSync(verifyTableCore(source, options), performReadSync);
}

/** What both faces of {@link verifyTable} run. */
export function* verifyTableCore(source: SourceInfo, { name }: VerifyOptions = {}): Core<Finding[]> {
  const findings = new Findings(source.name ?? name);
  const frame = yield* readFrame(source, findings);
  if (frame !== undefined) {
    if (name !== undefined) checkFileName(name, frame.header, findings);
    yield* new Walk(source, frame, findings).run();
  }
  return findings.list();
}
