/** `dtlscope unlink`: what was shared, as files that other programs read. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorWords } from '../../present/note-words.ts';
import type { Anchor, Note } from '../../share/notes.ts';
import { notesJson } from '../../share/notes-json.ts';
import { notesMarkdown } from '../../share/notes-markdown.ts';
import type { SharedTrace } from '../../share/shared-trace.ts';
import { UsageError } from '../arguments.ts';
import { openInput } from '../input.ts';
import { readUnlinkArguments, UNLINK_HELP } from '../link-arguments.ts';
import type { Streams } from '../run.ts';
import { unlinkedCaptures } from '../unlinked-capture.ts';

interface Written {
  readonly name: string;
  readonly parts: readonly (Uint8Array | string)[];
  /** Of secrets nobody else may read it. */
  readonly secret: boolean;
}

const NO_KEYS = { keys: [], psks: [], pskTexts: [], privateKeys: [], sdps: [], ports: [], quiet: true };

export async function unlink(argv: readonly string[], generator: string, streams: Streams): Promise<number> {
  const { help, word, folder } = readUnlinkArguments(argv);
  if (help) {
    await streams.print(UNLINK_HELP);
    return 0;
  }
  const { shared, session } = await openInput({ ...NO_KEYS, files: [word] }, null);
  if (!shared) throw new UsageError(`${word} is neither a link nor a .dtlstrace file.`);
  const captures = unlinkedCaptures(shared, generator);
  const files: readonly Written[] = [
    ...captures.map(({ parts }, i) => ({
      name: captures.length === 1 ? 'capture.pcapng' : `capture-${i + 1}.pcapng`,
      parts,
      secret: false,
    })),
    ...notesFiles(shared, generator, (note) => placeWords(note, session.trace().captures)),
    ...(shared.secrets.length > 0
      ? [{ name: 'keys.log', parts: [`${shared.secrets.join('\n')}\n`], secret: true }]
      : []),
  ];
  await write(folder, files);
  const skipped = captures.reduce((sum, one) => sum + one.skipped, 0);
  if (skipped > 0) streams.complain(`${skipped} datagrams are larger than an IP packet and were left out.\n`);
  if (shared.messages.length > 0)
    streams.complain(
      `${shared.messages.length} decrypted messages have no place in a capture: \`dtlscope report\` of the link shows them.\n`,
    );
  await streams.print(files.map(({ name }) => `${join(folder, name)}\n`).join(''));
  return 0;
}

function notesFiles(
  { notes, captures, title }: SharedTrace,
  generator: string,
  placeOf: (note: Note) => string,
): readonly Written[] {
  if (notes.length === 0) return [];
  const names = captures.map(({ name }) => name);
  return [
    { name: 'notes.json', parts: [notesJson(notes, names, generator)], secret: false },
    { name: 'notes.md', parts: [notesMarkdown(notes, title === '' ? 'Notes' : title, placeOf)], secret: false },
  ];
}

function placeWords({ anchor, to }: Note, captures: readonly { readonly name: string }[]): string {
  const words = (place: Anchor) => anchorWords(place, { detail: null, captures, findings: [] });
  return to ? `${words(anchor)} → ${words(to)}` : words(anchor);
}

async function write(folder: string, files: readonly Written[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new UsageError(`${folder} could not be made: ${error.message}.`);
  });
  for (const { name, parts, secret } of files) {
    const path = join(folder, name);
    try {
      const file = await open(path, 'wx', secret ? 0o600 : 0o666);
      try {
        for (const part of parts) await file.writeFile(part);
      } finally {
        await file.close();
      }
    } catch (error) {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (exists) throw new UsageError(`${path} exists already: name another folder.`);
      throw new UsageError(`${path} could not be written: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
}
