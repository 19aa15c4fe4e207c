/*
 * The metadata of a Git table:
 *
 *   u8  GitStorage version      2 or 3
 *   u64 least update index
 *   u64 greatest update index
 *                               from version 3 on
 *   hash                        "sha1" or "s256"
 *   u8  object id length        bytes of an id in the keys of object records; 0: there are none
 *   u64 refs, ref tombstones, objects, logs, log tombstones: how many records
 *   u64 data size               of all data blocks
 */
import { decodeString, idSize, saturate, type Hash } from '@reftable/block';
import { ReftableError } from '@reftable/varint';
import { ByteReader, ByteWriter } from '@reftable/varint/bytes';

/** The version of Git's conventions: 2 is what was proposed, 3 mends the order of its logs, and says more. */
export type GitStorage = 2 | 3;

/** What is in a table, for deciding whether a compaction pays. 2^53-1 stands for what is beyond that. */
export interface GitStatistics {
  /** Ref records, tombstones included. */
  readonly refs: number;
  readonly refTombstones: number;
  /** Object records. */
  readonly objects: number;
  /** Log records, tombstones included. */
  readonly logs: number;
  readonly logTombstones: number;
  /** Bytes of the data blocks, without padding. */
  readonly dataSize: number;
}

/** What a Git table says of itself. */
export interface GitMetadata {
  readonly gitStorage: GitStorage;
  readonly hash: Hash;
  readonly minUpdateIndex: bigint;
  readonly maxUpdateIndex: bigint;
  /** Bytes of an object id in the keys of object records; 0: there are no such records; undefined: the table does not say. */
  readonly objectIdLength: number | undefined;
  /** Undefined: the table does not say. */
  readonly statistics: GitStatistics | undefined;
}

const SIZES: Readonly<Record<GitStorage, number>> = { 2: 17, 3: 70 };

const HASH_IDS: Readonly<Record<Hash, string>> = { sha1: 'sha1', sha256: 's256' };

/**
 * Reads metadata.
 * @param offset at which it stands in the file
 * @throws `METADATA` (no Git table's, or too short), `LIMITS`, `OBJECT_ID_LENGTH` (format); `GIT_STORAGE`, `HASH_ID` (unsupported)
 */
export function parseMetadata(bytes: Uint8Array, offset: number, file: string | undefined): GitMetadata {
  const gitStorage = bytes[0] ?? 2;
  if (gitStorage !== 2 && gitStorage !== 3) {
    throw new ReftableError('unsupported', 'GIT_STORAGE', `GitStorage of version ${gitStorage}`, { offset, file });
  }
  if (bytes.length < SIZES[gitStorage]) {
    throw new ReftableError('format', 'METADATA', `${bytes.length} bytes of metadata are no Git table's`, { offset, file });
  }
  const reader = new ByteReader(bytes, 1);
  const minUpdateIndex = reader.bigU64();
  const maxUpdateIndex = reader.bigU64();
  if (minUpdateIndex > maxUpdateIndex) {
    throw new ReftableError('format', 'LIMITS', `update indexes from ${minUpdateIndex} to ${maxUpdateIndex}`, { offset: offset + 1, file });
  }
  const limits: Pick<GitMetadata, 'gitStorage' | 'minUpdateIndex' | 'maxUpdateIndex'> = { gitStorage, minUpdateIndex, maxUpdateIndex };
  if (gitStorage === 2) return { ...limits, hash: 'sha1', objectIdLength: undefined, statistics: undefined };
  const hash = hashOf(reader.view(4), offset + 17, file);
  const objectIdLength = reader.u8();
  if (objectIdLength > idSize(hash)) {
    throw new ReftableError('format', 'OBJECT_ID_LENGTH', `object ids of ${objectIdLength} bytes`, { offset: offset + 21, file });
  }
  const count = (): number => saturate(reader.bigU64());
  const statistics = { refs: count(), refTombstones: count(), objects: count(), logs: count(), logTombstones: count(), dataSize: count() };
  return { ...limits, hash, objectIdLength, statistics };
}

/** Metadata. Of version 2, what it does not say is left out. */
export function encodeMetadata({ gitStorage, hash, minUpdateIndex, maxUpdateIndex, objectIdLength = 0, statistics }: GitMetadata): Uint8Array {
  const writer = new ByteWriter(SIZES[gitStorage]);
  writer.u8(gitStorage);
  writer.u64(minUpdateIndex);
  writer.u64(maxUpdateIndex);
  if (gitStorage === 2) return writer.view();
  writer.text(HASH_IDS[hash]);
  writer.u8(objectIdLength);
  const { refs, refTombstones, objects, logs, logTombstones, dataSize } = statistics!;
  for (const count of [refs, refTombstones, objects, logs, logTombstones, dataSize]) writer.u64(count);
  return writer.view();
}

function hashOf(id: Uint8Array, offset: number, file: string | undefined): Hash {
  const text = decodeString(id, 0, id.length);
  for (const hash of ['sha1', 'sha256'] as const) if (HASH_IDS[hash] === text) return hash;
  throw new ReftableError('unsupported', 'HASH_ID', `hash ${JSON.stringify(text)}`, { offset, file });
}
