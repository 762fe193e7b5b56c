/** The words of `dtlscope link` and `dtlscope unlink`. */
import { parseArgs } from 'node:util';
import { LEAST, type ShareChoices } from '../share/choices.ts';
import { UsageError } from './arguments.ts';
import type { InputArguments } from './input.ts';

export interface LinkArguments extends InputArguments {
  readonly help: boolean;
  readonly associations: readonly string[] | null;
  readonly choices: Pick<
    ShareChoices,
    'applicationData' | 'addresses' | 'clock' | 'names' | 'certificates' | 'keys' | 'title'
  >;
  /** A file of notes; null for none. */
  readonly notes: string | null;
  /** The address of a page; null for the fragment alone. */
  readonly base: string | null;
  /** What follows `~`; '' for none. */
  readonly view: string;
  readonly output: string | null;
}

export interface UnlinkArguments {
  readonly help: boolean;
  readonly word: string;
  readonly folder: string;
}

const LINK = {
  keys: { type: 'string', short: 'k', multiple: true },
  psk: { type: 'string', multiple: true },
  'psk-text': { type: 'string', multiple: true },
  'private-key': { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  association: { type: 'string', multiple: true },
  content: { type: 'string' },
  'keep-addresses': { type: 'boolean' },
  'keep-clock': { type: 'boolean' },
  'blank-names': { type: 'boolean' },
  certificates: { type: 'string' },
  messages: { type: 'boolean' },
  secrets: { type: 'boolean' },
  'application-secrets': { type: 'boolean' },
  yes: { type: 'boolean' },
  title: { type: 'string' },
  notes: { type: 'string' },
  base: { type: 'string' },
  view: { type: 'string' },
  output: { type: 'string', short: 'o' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const UNLINK = { output: { type: 'string', short: 'o' }, help: { type: 'boolean', short: 'h' } } as const;

export function readLinkArguments(argv: readonly string[]): LinkArguments {
  const { values, positionals } = words('link', () =>
    parseArgs({ args: [...argv], options: LINK, allowPositionals: true }),
  );
  const { base = null, view = '', association = null, title = '' } = values;
  if (base !== null && (!/^(https?|file):\/\/[^#\s]+$/.test(base) || base.includes('?')))
    throw new UsageError(`--base takes the address of a page, such as https://host/path/, not ${base}.`);
  if (!/^[\w.%-]*$/.test(view))
    throw new UsageError(`--view takes what follows ~ in a link, such as a1.r17, not ${view}.`);
  if (title.length > LONGEST_TITLE) throw new UsageError(`--title takes at most ${LONGEST_TITLE} characters.`);
  const keys = keysOf(values);
  return {
    help: values.help ?? false,
    files: positionals,
    keys: values.keys ?? [],
    psks: values.psk ?? [],
    pskTexts: values['psk-text'] ?? [],
    privateKeys: values['private-key'] ?? [],
    sdps: [],
    ports: (values.port ?? []).map(port),
    quiet: values.quiet ?? false,
    associations: association,
    choices: {
      title,
      applicationData: oneOf('content', values.content ?? LEAST.applicationData, ['marks', 'lengths', 'bodies']),
      addresses: values['keep-addresses'] ? 'kept' : 'replaced',
      clock: values['keep-clock'] ? 'kept' : 'relative',
      names: values['blank-names'] ? 'blanked' : 'kept',
      certificates: oneOf('certificates', values.certificates ?? LEAST.certificates, ['kept', 'digests']),
      keys,
    },
    notes: values.notes ?? null,
    base,
    view,
    output: values.output ?? null,
  };
}

const LONGEST_TITLE = 200;

interface KeyWords {
  readonly messages?: boolean | undefined;
  readonly secrets?: boolean | undefined;
  readonly 'application-secrets'?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

function keysOf({ messages, secrets, yes, 'application-secrets': all }: KeyWords): ShareChoices['keys'] {
  if (all && !secrets) throw new UsageError('--application-secrets goes with --secrets.');
  if (!secrets) return messages ? 'messages' : 'none';
  if (messages) throw new UsageError('Take either --messages or --secrets: who has the secrets decrypts the messages.');
  if (!yes)
    throw new UsageError(
      'With --secrets everybody who gets the link can decrypt what is in it, and what they captured themselves: confirm it with --yes.',
    );
  return all ? 'all-secrets' : 'secrets';
}

export function readUnlinkArguments(argv: readonly string[]): UnlinkArguments {
  const { values, positionals } = words('unlink', () =>
    parseArgs({ args: [...argv], options: UNLINK, allowPositionals: true }),
  );
  const [word, ...more] = positionals;
  if (values.help) return { help: true, word: '', folder: '' };
  if (word === undefined || more.length > 0)
    throw new UsageError('Name one link, one .dtlstrace file, or - for standard input.');
  if (values.output === undefined) throw new UsageError('Say where to: -o DIR. It is made if it does not exist.');
  return { help: false, word, folder: values.output };
}

function words<T>(command: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split('\n')[0] ?? message} (dtlscope ${command} --help lists the options)`);
  }
}

function oneOf<const T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`--${option} takes ${known.join(', ')}, not ${value}.`);
  return found;
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65535) return number;
  throw new UsageError(`--port takes a number from 1 to 65535, not ${text}.`);
}

export const LINK_HELP = `dtlscope link FILE...: a link that opens the same trace, with the trace in it

It is printed; what who opens it will see goes to standard error. Without options that
is how the handshake went: addresses are replaced, dates are dropped, application data
is there as marks without content or length, and no key goes along.

      --association ID     only this one (repeatable)
      --content marks|lengths|bodies   of application data: that it was sent; how long it
                           was too; or all of it, encrypted as it was captured
      --keep-addresses     the real ones
      --keep-clock         date and time of day
      --blank-names        host names, identities and certificates made unreadable
      --certificates kept|digests   digests makes only certificates unreadable
      --messages           decrypted handshake messages, which the reader has to believe
      --secrets --yes      what decrypts these associations: their secrets, and no others
      --application-secrets   with --secrets: those of DTLS 1.3 application data too
      --title TEXT         what it is about
      --notes FILE         notes, as the page exports them (JSON)
      --base ADDRESS       of your page, such as https://host/path/; else only what
                           belongs behind it is printed
      --view WORDS         where to open it, such as a1.r17
  -o, --output FILE        write a .dtlstrace file instead: it may be of any size
      --quiet              nothing on standard error
  -k, --keys FILE, --psk, --psk-text, --private-key, --port   as for a report
`;

export const UNLINK_HELP = `dtlscope unlink LINK|FILE -o DIR: what was shared, as files

Writes a pcapng capture for each one that was shared, notes.json and notes.md if there
are notes, and keys.log if there are keys. No file that exists is overwritten.
`;
