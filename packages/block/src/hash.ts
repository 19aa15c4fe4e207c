/** The hash function that names objects. Version 1 of the format has SHA-1; version 2 names its own. */
export type Hash = 'sha1' | 'sha256';

/** Bytes in an object id: 20 or 32. */
export function idSize(hash: Hash): number {
  return hash === 'sha1' ? 20 : 32;
}
