/* The stack of a place, of tables in Git's format or, in a folder of their own, in the container that was proposed for its version 2. */
import { join } from 'node:path';
import { FileSourceSync } from '@reftable/io/node';
import { LIST_NAME, openStackSync, type StackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { stackFolder, type StackPlace } from './place.js';

/** A list of tables in the container, as far as it is read: to ask its format how their names end would load it for every other stack. */
const LIST_OF_CONTAINERS = /^.+\.sst\n(?:.+\.sst\n)*.*$/;

/** Bytes of a list that are enough to tell. */
const MAX_LIST = 1 << 16;

/** A stack of either format. */
export interface AnyStack {
  readonly format: 'v1' | 'v2';
  readonly stack: StackSync;
}

/** Opens a stack. In a folder the names that are listed tell its format; a repository's is Git's, whatever they are. @throws what opening it throws */
export async function openAnyStack(place: StackPlace): Promise<AnyStack> {
  const folder = stackFolder(place);
  const storage = new FolderStorage(folder);
  if (place.kind === 'repository' || !listsContainers(folder)) return { format: 'v1', stack: openStackSync(storage) };
  const { tableFormatV2 } = await import('@reftable/sst-v2/git');
  return { format: 'v2', stack: openStackSync(storage, { format: tableFormatV2 }) };
}

function listsContainers(folder: string): boolean {
  let list: FileSourceSync | undefined;
  try {
    list = FileSourceSync.open(join(folder, LIST_NAME), { follow: false });
    return LIST_OF_CONTAINERS.test(Buffer.from(list.readSync(0, Math.min(list.size, MAX_LIST))).toString('latin1'));
  } catch {
    // What is wrong with the list, to open the stack will tell.
    return false;
  } finally {
    list?.closeSync();
  }
}
