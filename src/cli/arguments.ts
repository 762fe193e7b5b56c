/** The command line's words. Everything that is wrong with them is one sentence. */
import { parseArgs } from 'node:util';
import type { ThemeName } from '../present/palette.ts';
import type { ReportFormat as Format } from '../report/report.ts';

export interface Arguments {
  readonly command: 'report' | 'records' | 'schema' | 'help' | 'version';
  readonly files: readonly string[];
  readonly keys: readonly string[];
  /** `[IDENTITY=]HEX`, and `[IDENTITY=]TEXT`. */
  readonly psks: readonly string[];
  readonly pskTexts: readonly string[];
  readonly privateKeys: readonly string[];
  /** Session descriptions with a=fingerprint. */
  readonly sdps: readonly string[];
  readonly ports: readonly number[];
  readonly format: Format;
  /** Of a diagram; null where it was not asked for. */
  readonly theme: ThemeName | null;
  readonly output: string | null;
  readonly association: string | null;
  readonly data: boolean;
  /** Derive the SRTP master keys (JSON). */
  readonly srtpKeys: boolean;
  readonly summary: boolean;
  readonly failOn: 'failure' | 'warning' | null;
  readonly quiet: boolean;
}

/** Bad usage: the message is the whole sentence to print. */
export class UsageError extends Error {}

const COMMANDS: ReadonlySet<string> = new Set(['report', 'records', 'schema', 'help', 'version']);
/** They have words of their own, see server-arguments.ts and link-arguments.ts. */
const WITH_OWN_WORDS: ReadonlySet<string> = new Set(['open', 'serve', 'link', 'unlink']);
const FORMATS: ReadonlySet<string> = new Set(['text', 'json', 'markdown', 'html', 'svg']);

const OPTIONS = {
  keys: { type: 'string', short: 'k', multiple: true },
  psk: { type: 'string', multiple: true },
  'psk-text': { type: 'string', multiple: true },
  'private-key': { type: 'string', multiple: true },
  sdp: { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  format: { type: 'string', short: 'f' },
  theme: { type: 'string' },
  output: { type: 'string', short: 'o' },
  association: { type: 'string' },
  data: { type: 'boolean' },
  'srtp-keys': { type: 'boolean' },
  summary: { type: 'boolean' },
  'fail-on': { type: 'string' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const first = positionals[0];
  const named = first !== undefined && COMMANDS.has(first);
  if (first !== undefined && WITH_OWN_WORDS.has(first))
    throw new UsageError(`Write the command before its options: dtlscope ${first} ….`);
  const command = values.help
    ? 'help'
    : values.version
      ? 'version'
      : named
        ? (first as Arguments['command'])
        : first === undefined
          ? 'help'
          : 'report';
  const format = values.format ?? 'text';
  if (!FORMATS.has(format))
    throw new UsageError(`The format ${format} is not known: it is text, json, markdown, html or svg.`);
  const theme = values.theme ?? null;
  if (theme !== null && theme !== 'light' && theme !== 'dark')
    throw new UsageError(`--theme takes light or dark, not ${theme}.`);
  if (theme !== null && format !== 'svg')
    throw new UsageError('--theme is for --format svg: the other formats look as their reader has it.');
  const failOn = values['fail-on'] ?? null;
  if (failOn !== null && failOn !== 'failure' && failOn !== 'warning')
    throw new UsageError(`--fail-on takes failure or warning, not ${failOn}.`);
  return {
    command,
    files: named ? positionals.slice(1) : positionals,
    keys: values.keys ?? [],
    psks: values.psk ?? [],
    pskTexts: values['psk-text'] ?? [],
    privateKeys: values['private-key'] ?? [],
    sdps: values.sdp ?? [],
    ports: (values.port ?? []).map(port),
    format: format as Format,
    theme,
    output: values.output ?? null,
    association: values.association ?? null,
    data: values.data ?? false,
    srtpKeys: values['srtp-keys'] ?? false,
    summary: values.summary ?? false,
    failOn,
    quiet: values.quiet ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split('\n')[0] ?? message} (dtlscope --help lists the options)`);
  }
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw new UsageError(`--port takes a number from 1 to 65535, not ${text}.`);
  return number;
}

export const HELP = `dtlscope: see what happened in a DTLS handshake, and why

  dtlscope [report] FILE...   what happened and what went wrong, with the evidence
  dtlscope records FILE...    one JSON line per DTLS record, decoded
  dtlscope schema             the JSON Schema of the report
  dtlscope open FILE...       show them in the browser; nothing leaves this machine
  dtlscope serve              host the page, and keep traces too big for a link
  dtlscope link FILE...       make a link, or a .dtlstrace file, that opens the same trace
  dtlscope unlink LINK -o DIR write a shared trace as capture, notes and keys

"dtlscope COMMAND --help" lists the options of the last four.

FILE is a capture (pcap, pcapng, either with gzip), an NSS key log, a link to a shared
trace or a .dtlstrace file, told apart by content. "-" is standard input.

  -k, --keys FILE          NSS key log (repeatable)
      --psk [IDENTITY=]HEX      pre-shared key, for that identity or for any (repeatable)
      --psk-text [IDENTITY=]TEXT  the same, with the key as text
      --private-key FILE   PEM RSA private key, for TLS_RSA_* and TLS_RSA_PSK_*; the
                           password of an encrypted one is read from DTLSCOPE_PASSWORD
      --sdp FILE           session descriptions of WebRTC or SIP: their a=fingerprint is
                           compared with the certificates (repeatable)
      --port N             treat UDP port N as DTLS even where the bytes do not look
                           like it (repeatable)
  -f, --format text|json|markdown|html|svg   of the report; text if not given. html is one
                           file without scripts; svg is the diagram of one association
      --theme light|dark   of the svg; light if not given
  -o, --output FILE        write there instead of to standard output
      --association ID     only this one (a1, a2, ...)
      --data               include decrypted application data (hex) in JSON
      --srtp-keys          include the SRTP master keys of DTLS-SRTP in JSON (secret!)
      --summary            JSON: only identity, parameters, outcome, counts and findings
      --fail-on SEVERITY   exit 1 if there is a finding of this severity or worse:
                           failure or warning
      --quiet              no progress on standard error
  -h, --help               this page
      --version            the version

Exit status: 0 done; 1 --fail-on met; 2 bad usage, or a file that cannot be read.
`;
