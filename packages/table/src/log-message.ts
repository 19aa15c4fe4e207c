import { isExistenceMarker, textBytes, type LogInput } from '@reftable/block';
import { ReftableError } from '@reftable/varint';

const NEWLINE = 10;

/** The message of an entry as it is to be stored: none of a tombstone and, as Git has it, of an existence marker. @throws as {@link logMessage} */
export function storedMessage(log: LogInput, exact: boolean): Uint8Array {
  const message = log.kind === 'deletion' ? '' : (log.messageBytes ?? log.message);
  const isNone = message.length === 0 && (log.kind === 'deletion' || isExistenceMarker(log));
  return logMessage(textBytes(message), exact || isNone);
}

/**
 * A log message as Git stores it: one line, ended by one newline, whatever newlines it was given with at its end.
 * @param exact leave it as it is
 * @throws `LOG_MESSAGE` (misuse) if there is a newline within
 */
export function logMessage(message: Uint8Array, exact: boolean): Uint8Array {
  if (exact) return message;
  let end = message.length;
  while (end > 0 && message[end - 1] === NEWLINE) end--;
  const first = message.indexOf(NEWLINE);
  if (first >= 0 && first < end) throw new ReftableError('misuse', 'LOG_MESSAGE', 'log message of more than one line');
  if (end + 1 === message.length) return message;
  const line = new Uint8Array(end + 1);
  line.set(first < 0 ? message : message.subarray(0, end));
  line[end] = NEWLINE;
  return line;
}
