/** Tells by content what a file is. Names and extensions are not asked: they are often wrong. */
import type { OpenFailure } from './datagram.ts';
import { isPcap } from './pcap.ts';
import { isPcapng } from './pcapng.ts';
import { binaryLooks, type Looks } from './signatures.ts';
import { utf16 } from './text/source-text.ts';
import { recogniseText } from './text/text-capture.ts';

export type Identity =
  | { readonly kind: 'pcap' | 'pcapng' | 'gzip' | 'keyLog' }
  /** Bytes of datagrams as text, or the log of a DTLS stack; `format` completes "a.txt is ...". */
  | { readonly kind: 'text'; readonly format: string }
  | ({ readonly kind: 'other' } & Looks);

/** As many bytes as `identify` needs for everything but text. */
export const HEAD_BYTES = 4096;
/** What nothing is known of by then is worth a longer look: words may stand before the hex of a ticket or a log. */
export const LONG_HEAD_BYTES = 64 * 1024;
/** One strange byte in so many is application data in a log; more is no text. */
const STRANGE_BYTES = 50;

const KEY_LOG_LINE =
  /^(?:[A-Z][A-Z0-9_]* [0-9a-fA-F]{2,} [0-9a-fA-F]{2,}|RSA Session-ID:[0-9a-fA-F]* Master-Key:[0-9a-fA-F]+)$/;
const KEY_LOG_TITLE = /^#.*(?:SSL\/TLS secrets|key ?log)/im;

const NO_DATAGRAM =
  'Neither a DTLS record nor an IP packet or an Ethernet frame begins in it: paste whole datagrams from their first byte on, or convert it with `text2pcap`.';

/** `head` is the first few KB of the file, or all of it where it is shorter. Any bytes will do. */
export function identify(head: Uint8Array): Identity {
  if (head.length === 0) return other('an empty file');
  if (isPcap(head)) return { kind: 'pcap' };
  if (isPcapng(head)) return { kind: 'pcapng' };
  if (head[0] === 0x1f && head[1] === 0x8b) return { kind: 'gzip' };
  const wide = utf16(head) ? recogniseText(head) : null;
  if (wide !== null) return { kind: 'text', format: wide };
  const binary = binaryLooks(head);
  if (binary) return { kind: 'other', looksLike: binary.looksLike, advice: binary.advice };
  const text = asText(head.subarray(0, HEAD_BYTES));
  if (text !== null && isKeyLog(text)) return { kind: 'keyLog' };
  const format = isMostlyText(head) ? recogniseText(head) : null;
  if (format !== null) return { kind: 'text', format };
  return text === null ? other('a file of an unknown binary format') : textLooks(text);
}

/**
 * The failure for a file that is no capture: what it looks like and what to do.
 * `packed`: the identity is that of what its gzip holds.
 */
export function notACapture(name: string, identity: Identity, packed = false): OpenFailure {
  const { looksLike, advice } = looksOf(identity, packed);
  const verb = packed ? 'is a gzip file that holds' : 'is';
  const rest = advice ?? 'Drop a pcap or pcapng file, or a key log.';
  return { kind: 'notACapture', message: `${name} ${verb} ${looksLike}, not a capture. ${rest}` };
}

function looksOf(identity: Identity, packed: boolean): Looks {
  if (identity.kind === 'other') return identity;
  if (identity.kind === 'keyLog') {
    return { looksLike: 'a key log', advice: packed ? 'Unpack it with `gunzip` and drop it beside a capture.' : null };
  }
  if (identity.kind === 'text') return { looksLike: identity.format, advice: null };
  return { looksLike: 'a gzip file', advice: packed ? 'It is packed too many times: unpack it first.' : null };
}

function other(looksLike: string, advice: string | null = null): Identity {
  return { kind: 'other', looksLike, advice };
}

/** A log may hold what it was sent, in whatever encoding. */
function isMostlyText(head: Uint8Array): boolean {
  let strange = 0;
  for (const byte of head) if ((byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27) || byte === 127) strange++;
  return strange * STRANGE_BYTES <= head.length;
}

/** Null if the bytes are no UTF-8 text. The last character may be cut. */
function asText(head: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // Tabs, line ends, form feeds and the escape of coloured logs are fine; other control characters are not.
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if ((code < 32 && !(code >= 9 && code <= 13) && code !== 27) || code === 127) return null;
    }
    return text;
  } catch {
    return null;
  }
}

/** Comments aside, at least half of the lines must be key log lines: a log that mentions keys is something else. */
function isKeyLog(text: string): boolean {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const last = lines.pop() ?? '';
  // The last line may be cut off.
  if (lines.length === 0 || KEY_LOG_LINE.test(last)) lines.push(last);
  const said = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (said.length === 0) return KEY_LOG_TITLE.test(text);
  const fitting = said.filter((line) => KEY_LOG_LINE.test(line)).length;
  return fitting > 0 && fitting * 2 >= said.length;
}

function textLooks(text: string): Identity {
  const start = text.trimStart();
  if (start === '') return other('a file with nothing but blanks');
  if (/^<(?:!doctype html|html)/i.test(start)) {
    return other('a web page', 'Perhaps a download gave a page instead of the capture.');
  }
  if (start.startsWith('<')) return other('an XML or markup file');
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(start)) return other('a private key (PEM)');
  if (/^-----BEGIN [A-Z ]+-----/m.test(start)) return other('a certificate or another PEM file');
  if (/^\{\s*"log"\s*:\s*\{/.test(start)) {
    return other('a HAR file of a browser', 'It holds no packets; record them with tcpdump or Wireshark.');
  }
  if (/^(?:\{\s*["}]|\[\s*(?:[{["\]]|-?\d+(?:\.\d+)?\s*,))/.test(start)) return other('a JSON file');
  if (isHexText(start)) return other('hex text', NO_DATAGRAM);
  return other('a text file');
}

/** Two or more bytes as digits, with blanks, colons, commas, 0x prefixes, offsets or a column of characters beside. */
function isHexText(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const hex = lines.filter((line) =>
    /^\s*(?:[0-9a-f]{4,8}:?\s+)?(?:(?:0x)?[0-9a-f]{2}[\s:,]*){2,}(?:\s.*)?$/i.test(line),
  );
  return hex.length * 2 > lines.length;
}
