/** A read that waits for its answer. */
export interface Read {
  readonly offset: number;
  readonly length: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads that one request answers, and the range that it asks for. */
export interface Group {
  readonly offset: number;
  end: number;
  readonly reads: Read[];
}

/** The gap, in bytes, up to which two reads are near: to fetch it for nothing costs less than one more request does. */
const NEAR = 16_384;

/** Puts reads that overlap, touch or are near into one group; as few groups as that makes. */
export function coalesce(reads: readonly Read[]): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const read of reads.toSorted((a, b) => a.offset - b.offset)) {
    const end = read.offset + read.length;
    if (group !== undefined && read.offset <= group.end + NEAR) {
      group.end = Math.max(group.end, end);
      group.reads.push(read);
    } else {
      group = { offset: read.offset, end, reads: [read] };
      groups.push(group);
    }
  }
  return groups;
}

/** Hands each read of a group its part of the group's bytes: a copy, so that none keeps more memory than it asked for. */
export function share({ offset, reads }: Group, bytes: Uint8Array): void {
  for (const read of reads) {
    const start = read.offset - offset;
    read.resolve(read.length === bytes.length ? bytes : bytes.slice(start, start + read.length));
  }
}
