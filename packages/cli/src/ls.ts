import { printable } from './text.js';
import type { View } from './view.js';

/** Every ref, a line each, as `git ls-remote --symref` prints them; a tag that is stored with what it peels to has a second line. */
export function* list(view: View, prefix: string): Generator<string, void, undefined> {
  for (const record of view.refs({ prefix })) {
    const ref = record.ref();
    const name = printable(ref.name, ref.nameBytes);
    if (ref.kind === 'symbolic') yield `ref: ${printable(ref.target, ref.targetBytes)}\t${name}\n`;
    else if (ref.kind === 'direct') yield `${ref.oid}\t${name}\n`;
    else if (ref.kind === 'peeled') yield `${ref.oid}\t${name}\n${ref.peeled}\t${name}^{}\n`;
  }
}
