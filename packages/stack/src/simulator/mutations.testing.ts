/* Protocols that are broken on purpose. Each changes what a process asks, or is told, or what its tables are made of, and nothing else. */
import type { SourceInfo } from '@reftable/io';
import type { LogView, RefView } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { ask, CloseRequest, StorageRequest, type Steps } from '../requests.js';
import type { HeldFile, NewFile, ReadFile } from '../storage.js';
import { reftableFormat, type TableFormat } from '../table-format.js';
import { parseTableList } from '../table-list.js';
import { LIST_NAME, LOCK_SUFFIX } from '../table-name.js';
import { PAST } from './deed.testing.js';
import type { Mutation } from './program.testing.js';

const LIST_LOCK = LIST_NAME + LOCK_SUFFIX;

/** What is done instead of a request; true if that was all, false if the request is passed on as well. */
type Instead = (request: StorageRequest) => boolean | Steps<boolean>;

/** Does other things than were asked. @param heed is told of each request that was passed on, with its answer */
function instead(change: Instead, heed: (request: StorageRequest) => void = () => undefined): Mutation {
  return {
    *wrap<T>(steps: Steps<T>): Steps<T> {
      let result = steps.next();
      while (result.done !== true) {
        const request = result.value;
        try {
          if (!(request instanceof StorageRequest)) yield request;
          else {
            const isAll = change(request);
            if (!(typeof isAll === 'boolean' ? isAll : yield* isAll)) {
              yield request;
              heed(request);
            }
          }
        } catch (error) {
          result = steps.throw(error);
          continue;
        }
        result = steps.next();
      }
      return result.value;
    },
  };
}

function nameIn({ args: [first] }: StorageRequest): string {
  return typeof first === 'string' ? first : ((first as NewFile | undefined)?.name ?? '');
}

function namesIn({ answer }: StorageRequest): string[] {
  return parseTableList((answer as ReadFile).bytes, LIST_NAME);
}

/** Leaves requests out. */
function leavingOut(isMeant: (operation: string, name: string) => boolean): () => Mutation {
  return () => instead((request) => isMeant(request.operation, nameIn(request)));
}

/** Removes no files. */
function onlyClosing(isMeant: (name: string) => boolean): () => Mutation {
  return () =>
    instead(function* (request) {
      const { operation, args } = request;
      if ((operation !== 'discard' && operation !== 'remove') || !isMeant(nameIn(request))) return false;
      if (operation === 'discard') yield* ask('close', args[0] as NewFile);
      return true;
    });
}

/** Leaves out to sync the folder. @param when before or after the list is published */
function notSyncingNames(when: 'before' | 'after'): () => Mutation {
  return () => {
    let now: 'before' | 'after' = 'before';
    return instead((request) => {
      if (request.operation === 'create' && nameIn(request) === LIST_LOCK) now = 'before';
      if (request.operation === 'publish') now = 'after';
      return request.operation === 'syncNames' && now === when;
    });
  };
}

/** Removes the tables that a new list no longer names before it is published, or before the folder is synced after that. */
function removingEarly(when: 'before' | 'after'): () => Mutation {
  return () => {
    let known: readonly string[] = [];
    let next: readonly string[] = [];
    return instead(
      function* (request) {
        if (request.operation === 'write' && nameIn(request) === LIST_LOCK) next = parseTableList(request.args[1] as Uint8Array, LIST_NAME);
        if (request.operation !== 'publish') return false;
        const gone = known.filter((name) => !next.includes(name));
        if (when === 'before') for (const name of gone) yield* ask('remove', name);
        request.answer = yield* ask('publish', ...(request.args as [NewFile, string, readonly string[]]));
        if (when === 'after') for (const name of gone) yield* ask('remove', name);
        return true;
      },
      (request) => {
        if (request.operation === 'hold') known = namesIn(request);
      },
    );
  };
}

/** Creates other files instead of the locks of these names: nobody else heeds them. */
function lockingElsewhere(ending: string, isMeant: (name: string) => boolean): (process: number) => Mutation {
  return (process) => {
    let created = 0;
    return instead(function* (request) {
      if (request.operation !== 'create' || !isMeant(nameIn(request))) return false;
      request.answer = yield* ask('create', `${process}-${created++}${ending}`);
      return true;
    });
  };
}

/** Leaves records out where tables are merged. */
function copyingOnly(isRefCopied: (ref: RefView) => boolean, isLogCopied: (log: LogView) => boolean): () => Mutation {
  const createWriter: TableFormat['createWriter'] = (sink, options) => {
    const writer = reftableFormat.createWriter(sink, options);
    const [copyRef, copyLog] = [writer.copyRef.bind(writer), writer.copyLog.bind(writer)];
    writer.copyRef = (ref) => {
      if (isRefCopied(ref)) copyRef(ref);
    };
    writer.copyLog = (log) => {
      if (isLogCopied(log)) copyLog(log);
    };
    return writer;
  };
  return () => ({ format: { ...reftableFormat, createWriter } });
}

/** Mutations, by what is wrong with them. */
export const mutations = {
  'tables are not synced': leavingOut((operation, name) => operation === 'sync' && name !== LIST_LOCK),
  'the list is not synced': leavingOut((operation, name) => operation === 'sync' && name === LIST_LOCK),
  'the folder is not synced before the list is published': notSyncingNames('before'),
  'the folder is not synced after the list is published': notSyncingNames('after'),
  'tables are removed before the list is replaced': removingEarly('before'),
  'tables are removed before the folder is synced': removingEarly('after'),
  'the list is not locked': lockingElsewhere(LOCK_SUFFIX, (name) => name === LIST_LOCK),
  // Whatever looks like a lock would keep others from removing what is unfinished.
  'tables are not locked': lockingElsewhere('.ref', (name) => name !== LIST_LOCK && name.endsWith(LOCK_SUFFIX)),
  'the list stays locked': onlyClosing((name) => name === LIST_LOCK),
  'an unfinished table is left behind': onlyClosing((name) => name.includes('.temp.')),

  /** As if nothing had changed since it was read. */
  'the list is taken for unchanged': () => {
    let known: string | undefined;
    return instead(
      (request) => {
        if (request.operation !== 'identify') return false;
        request.answer = known;
        return true;
      },
      ({ operation, answer }) => {
        if (operation === 'hold' || operation === 'publish') known = (answer as HeldFile).identity;
      },
    );
  },

  'the list is not read again after tables were merged': () => {
    let known: Uint8Array | undefined;
    let hasLockedTables = false;
    return instead(
      () => false,
      ({ operation, args, answer }) => {
        if (operation === 'create' && args[0] !== LIST_LOCK && (args[0] as string).endsWith(LOCK_SUFFIX)) hasLockedTables = true;
        if (operation !== 'hold') return;
        if (hasLockedTables) Object.assign(answer as ReadFile, { bytes: known });
        else known = (answer as ReadFile).bytes;
      },
    );
  },

  /** As if it had not been published, although nobody knows. */
  'a list that can not be read is taken for the old one': () => {
    let known: ReadFile | undefined;
    let isDoubtful = false;
    return instead(function* (request) {
      if (request.operation === 'publish') {
        isDoubtful = true;
        request.answer = yield* ask('publish', ...(request.args as [NewFile, string, readonly string[]]));
        isDoubtful = false;
        return true;
      }
      if (request.operation !== 'hold') return false;
      try {
        request.answer = known = yield* ask('hold', LIST_NAME);
      } catch (error) {
        if (!isDoubtful || known === undefined) throw error;
        request.answer = known;
      }
      return true;
    });
  },

  'the update index is that of an old list': () => {
    let stale: bigint | undefined;
    const format: TableFormat = {
      ...reftableFormat,
      *open(source) {
        const core = yield* reftableFormat.open(source);
        stale ??= core.maxUpdateIndex;
        return Object.create(core, { maxUpdateIndex: { value: stale } }) as typeof core;
      },
    };
    return { format };
  },

  'a lock is removed without a look whose it is': () =>
    instead(function* (request) {
      if (request.operation === 'discard' && nameIn(request) === LIST_LOCK) yield* ask('remove', LIST_LOCK);
      return false;
    }),

  'a lock that another process has is removed': () =>
    instead(function* (request) {
      if (request.operation !== 'create' || nameIn(request) !== LIST_LOCK) return false;
      try {
        request.answer = yield* ask('create', LIST_LOCK);
      } catch (error) {
        if (!isReftableError(error, 'FILE_EXISTS')) throw error;
        yield* ask('remove', LIST_LOCK);
        request.answer = yield* ask('create', LIST_LOCK);
      }
      return true;
    }),

  'a named table is left behind': () => {
    const listed = new Set<string>();
    return instead(
      (request) => request.operation === 'remove' && nameIn(request).endsWith('.ref') && !listed.has(nameIn(request)),
      (request) => {
        if (request.operation === 'hold') for (const name of namesIn(request)) listed.add(name);
        if (request.operation === 'publish') for (const name of request.args[2] as string[]) listed.add(name);
      },
    );
  },

  'a table is renamed over another': () =>
    instead(function* (request) {
      if (request.operation === 'rename') yield* ask('remove', request.args[1] as string);
      return false;
    }),

  'a reload closes tables that a snapshot reads': () => {
    const open = new Map<string, SourceInfo>();
    return instead(
      function* (request) {
        if (request.operation !== 'hold') return false;
        const list = yield* ask('hold', LIST_NAME);
        const names = parseTableList(list.bytes, LIST_NAME);
        for (const [name, source] of open) {
          if (names.includes(name)) continue;
          open.delete(name);
          yield new CloseRequest(source);
        }
        request.answer = list;
        return true;
      },
      ({ operation, args, answer }) => {
        if (operation === 'open') open.set(args[0] as string, answer as SourceInfo);
      },
    );
  },

  'tombstones are left out though older tables remain': copyingOnly(
    (ref) => ref.ref().kind !== 'deletion',
    (log) => log.log().kind !== 'deletion',
  ),
  'entries expire though older tables remain': copyingOnly(
    () => true,
    (log) => log.name !== PAST,
  ),
} satisfies Readonly<Record<string, (process: number) => Mutation>>;

/** What is wrong. */
export type MutationName = keyof typeof mutations;
