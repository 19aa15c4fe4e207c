import { readJson } from './data.js';

/** A file of the data. */
export interface DataFile {
  /** Path below `data/`, with `/` between its parts. */
  readonly path: string;
  /** Bytes in it. */
  readonly size: number;
  /** SHA-256 of its bytes, in hex. */
  readonly sha256: string;
}

/** What a program other than the table's writer read in it. */
export interface ReadingFile extends DataFile {
  /** Path of the table that was read. */
  readonly table: string;
  /** Who read it. */
  readonly reader: 'jgit' | 'python';
}

/** The two sets of stacks that Git wrote: that of `git-generated` can be made anew, byte for byte. */
export type GitGroup = 'git' | 'git-generated';

/** The groups of cases: a folder of `data/` each. */
export type Group = GitGroup | 'jgit/tables' | 'jgit/stacks' | 'crafted' | 'damaged/tables' | 'damaged/stacks';

/** One case of the manifest. */
export interface Case {
  readonly group: Group;
  /** Unique in its group, and the name of its folder there. */
  readonly name: string;
  readonly kind: 'table' | 'stack';
  /** Hash of the object ids. */
  readonly hash: 'sha1' | 'sha256';
  /** Who wrote it, or what it was made from. */
  readonly provenance: string;
  readonly description: string;
  /** Path of what is expected. */
  readonly expectation: string;
  /** Every file of the case, the expectation included, in byte order of paths. */
  readonly files: readonly DataFile[];
  /** What other programs read in its tables, in stacks that Git wrote. Those of `git-generated` are not in the published package. */
  readonly readings: readonly ReadingFile[];
}

/** The list of everything in `data/`. */
export interface Manifest {
  /** Version of the manifest's own form. */
  readonly format: 1;
  /** Files that belong to no case: what the generator of `git-generated` says about its set. */
  readonly files: readonly DataFile[];
  readonly cases: readonly Case[];
}

let loaded: Manifest | undefined;

/** The manifest, `data/manifest.json`. */
export function manifest(): Manifest {
  return (loaded ??= readJson('manifest.json') as Manifest);
}

/** The cases of one group, in the manifest's order. */
export function casesOf(group: Group): readonly Case[] {
  return manifest().cases.filter((one) => one.group === group);
}
