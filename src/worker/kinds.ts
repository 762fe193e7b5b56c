/** Files that are not for the session's own reading are told apart by what is in them. */
import { looksLikeKeyFile } from './private-keys.ts';
import type { InputFile } from './protocol.ts';
import { looksShared } from './shared-files.ts';

export async function sorted(files: readonly InputFile[]) {
  const [areKeys, areShared] = await Promise.all([
    Promise.all(files.map(looksLikeKeyFile)),
    Promise.all(files.map(looksShared)),
  ]);
  return {
    keys: files.filter((_, i) => areKeys[i]),
    shared: files.filter((_, i) => areShared[i]),
    others: files.filter((_, i) => !areKeys[i] && !areShared[i]),
  };
}
