/** Files that `dtlscope open` offers to the page that it serves. Only its own server can set the mark, no link can. */
import type { InputFile } from '../worker/protocol.ts';

/** Null where nothing is offered: everywhere but behind `dtlscope open`. Rejects with a sentence. */
export async function offeredFiles(page: Document): Promise<readonly InputFile[] | null> {
  const list = page.querySelector<HTMLMetaElement>('meta[name="dtlscope-files"]')?.content;
  if (!list) return null;
  const { files } = (await (await answered(list)).json()) as { files: { name: string; address: string }[] };
  return Promise.all(
    files.map(async ({ name, address }) => ({ name, blob: await (await answered(address, name)).blob() })),
  );
}

async function answered(address: string, name?: string): Promise<Response> {
  const response = await fetch(address).catch(() => null);
  if (response?.ok) return response;
  if (!response) throw new Error('“dtlscope open” does not run any more. Start it again.');
  const what = name === undefined ? 'The files' : `The file ${name}`;
  throw new Error(`${what} could not be read: ${(await response.text()).trim() || `status ${response.status}`}`);
}
