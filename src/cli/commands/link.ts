/** `dtlscope link`: the open trace as a link or a .dtlstrace file, as the page makes it. */
import { readFile, writeFile } from 'node:fs/promises';
import { Session } from '../../analysis/session.ts';
import { LEAST, type ShareChoices } from '../../share/choices.ts';
import { disclosureOf } from '../../share/disclosure.ts';
import type { Gathered } from '../../share/gather.ts';
import { bandOf } from '../../share/lengths.ts';
import { LONGEST_LINK } from '../../share/limits.ts';
import { openLink, splitLink, traceLink } from '../../share/link.ts';
import type { Note } from '../../share/notes.ts';
import { readNotesJson } from '../../share/notes-json.ts';
import { prepared, tooMuchToShare } from '../../share/prepare.ts';
import { receive } from '../../share/receive.ts';
import { openTraceFile, writeTraceFile } from '../../share/trace-file.ts';
import { type Trim, trims } from '../../share/trim.ts';
import { Damaged } from '../../share/varint.ts';
import { UsageError } from '../arguments.ts';
import { type Opened, openInput } from '../input.ts';
import { LINK_HELP, type LinkArguments, readLinkArguments } from '../link-arguments.ts';
import type { Streams } from '../run.ts';

export async function link(argv: readonly string[], generator: string, streams: Streams): Promise<number> {
  const args = readLinkArguments(argv);
  if (args.help) {
    await streams.print(LINK_HELP);
    return 0;
  }
  const open = await openInput(args, streams.progress);
  const choices = await choicesOf(args, open.session);
  const make = (wanted: ShareChoices): Gathered => prepared(open.session, wanted, receivedOf(open), generator);
  const tooMuch = tooMuchToShare(open.session, choices);
  if (tooMuch !== null) throw new UsageError(tooMuch);
  const gathered = make(choices);
  if (gathered.trace.datagrams.length === 0) throw new UsageError('There is no DTLS to share.');
  if (args.output !== null) {
    const file = await writeTraceFile(gathered.trace);
    await disclose(await openTraceFile(file), gathered, args, streams);
    await writeFile(args.output, file).catch((error: Error) => {
      throw new UsageError(`${args.output} could not be written: ${error.message}.`);
    });
    if (!args.quiet) streams.complain(`${args.output}: ${file.length} bytes\n`);
    return 0;
  }
  const fragment = `${await traceLink(gathered.trace)}${args.view === '' ? '' : `~${args.view}`}`;
  const address = `${args.base ?? ''}#${fragment}`;
  const parts = splitLink(fragment);
  if (address.length > LONGEST_LINK || !parts) throw new UsageError(await tooLong(address.length, choices, open, make));
  await disclose(await openLink(parts), gathered, args, streams);
  const say = args.quiet ? () => {} : streams.complain;
  say(`${address.length} characters: ${bandOf(address.length)?.fits ?? ''}\n`);
  if (args.base === null) say('Put it behind the address of your page, or give that with --base.\n');
  await streams.print(`${address}\n`);
  return 0;
}

function receivedOf({ shared }: Opened) {
  return shared && { redactions: shared.redactions, endpoints: shared.endpoints };
}

async function choicesOf({ associations, choices, notes }: LinkArguments, session: Session): Promise<ShareChoices> {
  const known = session.trace().associations.map((a) => a.id);
  for (const id of associations ?? [])
    if (!known.includes(id))
      throw new UsageError(
        `There is no association ${id}: ${known.length === 0 ? 'there is none' : `there are a1 to a${known.length}`}.`,
      );
  return { ...LEAST, ...choices, associations, notes: notes === null ? [] : await notesIn(notes) };
}

async function notesIn(file: string): Promise<readonly Note[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${file} could not be read: ${error.message}.`);
  });
  try {
    return readNotesJson(text);
  } catch (failure) {
    if (!(failure instanceof Damaged)) throw failure;
    throw new UsageError(`${file} ${failure.message}.`);
  }
}

/** What a recipient sees is read from what a recipient gets. */
async function disclose(
  decoded: Awaited<ReturnType<typeof openLink>>,
  { replaced }: Gathered,
  { quiet }: LinkArguments,
  { complain }: Streams,
): Promise<void> {
  if (decoded.kind !== 'trace') throw new UsageError(`This trace is too large to be shared so: it ${decoded.message}`);
  if (quiet) return;
  const session = new Session();
  session.openShared(receive(decoded.trace));
  const details = session.trace().associations.flatMap(({ id }) => session.association(id) ?? []);
  const { readable, opaque, absent } = disclosureOf(decoded.trace, details, replaced);
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  complain(
    part('Whoever opens it can read:', readable) +
      part('Is there, but closed or empty:', opaque) +
      part('Stays here:', absent),
  );
}

async function tooLong(
  length: number,
  choices: ShareChoices,
  { session }: Opened,
  make: (choices: ShareChoices) => Gathered,
): Promise<string> {
  const associations = session.trace().associations.length;
  const [only] = choices.associations ?? [];
  const detail = session.association(only ?? 'a1');
  const ways: string[] = [];
  for (const trim of trims(choices, detail, associations)) {
    const size = (await traceLink(make(trim.choices).trace)).length;
    ways.push(`  ${optionOf(trim)}: ${size} characters${size > LONGEST_LINK ? ', too long too' : ''}`);
  }
  return [
    `The link would have ${length} characters, and ${LONGEST_LINK} are the most that browsers take everywhere.`,
    ...(ways.length > 0 ? ['What would shorten it:', ...ways] : []),
    '  -o FILE.dtlstrace writes a file of any size, which the page opens like a link.',
  ].join('\n');
}

/** The words of the command line for it, where it has some. */
function optionOf({ id, says, choices }: Trim): string {
  switch (id) {
    case 'data':
      return '--content marks';
    case 'certificates':
      return '--certificates digests';
    case 'association':
      return `--association ${choices.associations?.[0] ?? ''}`;
    case 'attempt':
      return `On the page: ${says.toLowerCase()}`;
  }
}
