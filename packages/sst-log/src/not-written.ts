import { ReftableError } from '@reftable/varint';

/** What became of a log that could not be changed: `LOG_WRITE` (io). @param done what it could not be, such as "synced" */
export function notWritten(name: string | undefined, done: string, cause: unknown): ReftableError {
  // A storage of somebody else's may throw anything.
  const { code, message = cause } = (cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const why = typeof code === 'string' ? code : String(message);
  return new ReftableError('io', 'LOG_WRITE', `the log can not be ${done} (${why})`, { file: name, cause });
}
