/*
 * How everything that needs bytes is built: a *core* is a generator that yields requests and holds no I/O.
 * A driver answers each request, either at once (sync) or after awaiting it (async), and resumes the core.
 * So there is one implementation for both, and a test can be a driver too.
 */

/** A computation that yields requests of type `Q` (by default reads) and in the end returns a `T`. */
export type Core<T, Q = ReadRequest> = Generator<Q, T, void>;

/** What a request may be answered from, as far as a core needs to know: drivers know more. */
export interface SourceInfo {
  /** Size in bytes. */
  readonly size: number;
  /** What errors call it: a file's path, an address; undefined for bytes in memory. */
  readonly name: string | undefined;
}

/** "Give me `length` bytes from `offset` of `source`": the driver puts them into `bytes`. Never asks for more than there is. */
export class ReadRequest {
  readonly source: SourceInfo;
  readonly offset: number;
  readonly length: number;
  /** The answer: exactly `length` bytes, which the core may keep but not change. */
  bytes!: Uint8Array;

  constructor(source: SourceInfo, offset: number, length: number) {
    this.source = source;
    this.offset = offset;
    this.length = length;
  }
}

/** Runs a core to its end, answering each request with `perform`. An error of `perform` is thrown into the core, which may handle it. */
export function runSync<T, Q>(core: Core<T, Q>, perform: (request: Q) => void): T {
  let step = core.next();
  while (step.done !== true) {
    try {
      perform(step.value);
    } catch (error) {
      step = core.throw(error);
      continue;
    }
    step = core.next();
  }
  return step.value;
}

/** As {@link runSync}, awaiting what `perform` returns; an answer that is there at once costs no promise. */
export async function run<T, Q>(core: Core<T, Q>, perform: (request: Q) => Promise<void> | void): Promise<T> {
  let step = core.next();
  while (step.done !== true) {
    try {
      const wait = perform(step.value);
      if (wait !== undefined) await wait;
    } catch (error) {
      step = core.throw(error);
      continue;
    }
    step = core.next();
  }
  return step.value;
}
