/** PEM (RFC 7468), and the headers of RFC 1421 that old private keys have. */

export interface PemBlock {
  /** `RSA PRIVATE KEY`, `CERTIFICATE` …: what stands after BEGIN. */
  readonly label: string;
  /** `Proc-Type`, `DEK-Info` by their names as written; none in most. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
}

export interface Pem {
  readonly blocks: readonly PemBlock[];
  /** The first block that could not be read, in a sentence; null where all could. */
  readonly problem: string | null;
}

const BEGIN = '-----BEGIN ';
const DASHES = '-----';
/** No file that a person gives has more. */
const MAX_BLOCKS = 1000;

/** Text between the blocks is passed over. Never throws. */
export function readPem(text: string): Pem {
  const blocks: PemBlock[] = [];
  let problem: string | null = null;
  let from = text.indexOf(BEGIN);
  for (let count = 0; from >= 0 && count < MAX_BLOCKS; count++) {
    const afterLabel = text.indexOf(DASHES, from + BEGIN.length);
    const label = text.slice(from + BEGIN.length, afterLabel < 0 ? undefined : afterLabel);
    if (afterLabel < 0 || !/^[A-Z0-9 #.]{1,60}$/.test(label)) {
      problem ??= 'A line that begins with "-----BEGIN" is not the first line of a PEM block.';
      from = text.indexOf(BEGIN, from + BEGIN.length);
      continue;
    }
    const end = text.indexOf(`-----END ${label}-----`, afterLabel);
    if (end < 0) {
      problem ??= `The block "${label}" is cut off: its line "-----END ${label}-----" is missing.`;
      break;
    }
    const block = readBlock(label, text.slice(afterLabel + DASHES.length, end));
    if (block === null) problem ??= `The block "${label}" is damaged: what it holds is not base64.`;
    else blocks.push(block);
    from = text.indexOf(BEGIN, end);
  }
  return { blocks, problem };
}

function readBlock(label: string, body: string): PemBlock | null {
  const headers = new Map<string, string>();
  let base64 = '';
  for (const line of body.split(/\r\n|\r|\n/)) {
    const [, name, value = ''] = /^([A-Za-z][A-Za-z0-9-]*):(.*)$/.exec(line) ?? [];
    if (name === undefined) base64 += line.trim();
    else headers.set(name, value.trim());
  }
  const bytes = fromBase64(base64.replace(/\s/g, ''));
  return bytes && { label, headers, bytes };
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length === 0) return null;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
