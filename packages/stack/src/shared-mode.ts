/**
 * Who may read and write a repository's files besides their owner, with the meaning of Git's `core.sharedRepository`: `group`; `all`, who may
 * only read; or the permission bits themselves, such as `0o640`.
 */
export type SharedRepository = 'group' | 'all' | number;

/** A file's permission bits, made what `shared` asks for. @param mode the bits that it was created with */
export function sharedMode(mode: number, shared: SharedRepository): number {
  let bits = typeof shared === 'number' ? shared : shared === 'group' ? 0o660 : 0o664;
  // What its owner may not write, nobody may.
  if ((mode & 0o200) === 0) bits &= ~0o222;
  return typeof shared === 'number' ? (mode & ~0o777) | bits : mode | bits;
}
