/** Files that people drop by mistake, by their first bytes. Adding one is one row. */
import { uint8, uint16, uint32, uint32In } from './big-endian.ts';

export interface Looks {
  /** Completes "photo.jpg is ...": "a JPEG picture". */
  readonly looksLike: string;
  /** A sentence that says what to do; null where there is nothing better than to open another file. */
  readonly advice: string | null;
}

interface Signature extends Looks {
  /** Bytes as characters U+0000 to U+00FF. */
  readonly magic: string;
  readonly at: number;
}

const SIGNATURES: readonly Signature[] = [
  row('\xff\xd8\xff', 'a JPEG picture'),
  row('\x89PNG\r\n\x1a\n', 'a PNG picture'),
  row('GIF8', 'a GIF picture'),
  row('WEBP', 'a WebP picture', null, 8),
  row('II*\0', 'a TIFF picture'),
  row('MM\0*', 'a TIFF picture'),
  row('WAVE', 'a WAV sound file', null, 8),
  row('ID3', 'an MP3 sound file'),
  row('OggS', 'an Ogg media file'),
  row('\x1a\x45\xdf\xa3', 'a Matroska or WebM video'),
  row('ftyp', 'an MP4 or QuickTime media file', null, 4),
  row('%PDF-', 'a PDF document'),
  row('{\\rtf', 'an RTF document'),
  row('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Microsoft Office document'),
  row(
    'PK\x03\x04',
    'a zip archive or an Office document',
    'If it is an archive, unpack it and drop the capture in it.',
  ),
  row('PK\x05\x06', 'an empty zip archive'),
  row('Rar!\x1a\x07', 'a RAR archive', 'Unpack it and drop the capture in it.'),
  row('7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', 'Unpack it with `7z x` and drop the capture in it.'),
  row('ustar', 'a tar archive', 'Unpack it with `tar xf` and drop the capture in it.', 257),
  row('\x28\xb5\x2f\xfd', 'a file packed with Zstandard', 'Unpack it with `zstd -d` first.'),
  row('\xfd7zXZ\0', 'a file packed with xz', 'Unpack it with `xz -d` first.'),
  row('BZh', 'a file packed with bzip2', 'Unpack it with `bzip2 -d` first.'),
  row('\x04\x22\x4d\x18', 'a file packed with LZ4', 'Unpack it with `lz4 -d` first.'),
  row('\x1f\x9d', 'a file packed with compress', 'Unpack it with `uncompress` first.'),
  row('LZIP', 'a file packed with lzip', 'Unpack it with `lzip -d` first.'),
  row('\x7fELF', 'an ELF program'),
  row('MZ', 'a Windows program'),
  row('\xcf\xfa\xed\xfe', 'a macOS program'),
  row('\xca\xfe\xba\xbe', 'a macOS program or a Java class'),
  row('\0asm', 'a WebAssembly module'),
  row('SQLite format 3\0', 'an SQLite database'),
  row('snoop\0\0\0', 'a Solaris snoop capture', converted()),
  row('GMBU', 'a Microsoft Network Monitor capture', converted()),
  row('RTSS', 'a Microsoft Network Monitor 1 capture', converted()),
  row('TRSNIFF data', 'a Network Associates Sniffer capture', converted()),
  row('XCP\0', 'a NetXRay or Sniffer capture', converted()),
  row('\x7fver', 'an OmniPeek or EtherPeek capture', converted()),
  row('btsnoop\0', 'a Bluetooth capture (btsnoop)', 'It holds no IP packets.'),
  row('\x0a\x0d\x0d\x0a', 'the damaged beginning of a pcapng file', 'Try to repair it with `pcapfix`.'),
  row('\xff\xfe', 'UTF-16 text', 'If it is a key log, save it as UTF-8.'),
  row('\xfe\xff', 'UTF-16 text', 'If it is a key log, save it as UTF-8.'),
];

/** What binary `head` looks like; null if nothing fits. */
export function binaryLooks(head: Uint8Array): Looks | null {
  for (const signature of SIGNATURES) if (startsWith(head, signature.magic, signature.at)) return signature;
  if (isEventTrace(head)) {
    return { looksLike: 'a Windows event trace (ETL)', advice: 'Convert it with `etl2pcapng` first.' };
  }
  return isErf(head) ? { looksLike: 'an Endace ERF capture', advice: converted() } : null;
}

function row(magic: string, looksLike: string, advice: string | null = null, at = 0): Signature {
  return { magic, looksLike, advice, at };
}

function converted(): string {
  return 'Convert it with `editcap -F pcapng` first.';
}

function startsWith(head: Uint8Array, magic: string, at: number): boolean {
  if (head.length < at + magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (head[at + i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** A trace buffer of some KiB whose first event is the system's logfile header (type 1 or 2, marker 0xC0). */
function isEventTrace(head: Uint8Array): boolean {
  if (head.length < 0x4c) return false;
  const bufferSize = uint32In(head, 0, true);
  const headerType = uint8(head, 0x4a);
  return bufferSize % 1024 === 0 && bufferSize > 0 && (headerType === 1 || headerType === 2) && head[0x4b] === 0xc0;
}

/** ERF has no magic: two records in a row must have sane types, lengths and about the same second. */
function isErf(head: Uint8Array): boolean {
  const length = uint16(head, 10);
  return (
    isErfRecord(head, 0) &&
    isErfRecord(head, length) &&
    Math.abs(uint32In(head, 4, true) - uint32In(head, length + 4, true)) < 3600
  );
}

function isErfRecord(head: Uint8Array, at: number): boolean {
  if (head.length < at + 16) return false;
  const type = uint8(head, at + 8) & 0x7f;
  const seconds = uint32In(head, at + 4, true);
  // From 1995 on; a zero length of the wire does not occur in packets.
  return type >= 1 && type <= 27 && uint16(head, at + 10) >= 16 && seconds > 0x2f000000 && uint32(head, at + 12) !== 0;
}
