/** Which of the files that come in are keys in PEM or DER, by what is in them: the session reads captures and key logs. */
import { HEAD_BYTES, identify } from '../capture/open.ts';
import type { InputFile } from './protocol.ts';
import { headOf } from './unreadable.ts';

/** Chains with a key are a few KB; what is larger is something else. */
const LARGEST_KEY_FILE = 1 << 20;
const ARMOUR = /^-----BEGIN [A-Z0-9 ]+-----\s*$/m;

/** PEM, also with certificates alone (the session's sentence says what those are good for), or the DER of a private key. */
export async function looksLikeKeyFile({ blob }: InputFile): Promise<boolean> {
  if (blob.size === 0 || blob.size > LARGEST_KEY_FILE) return false;
  const head = await headOf(blob, HEAD_BYTES);
  return head !== null && isKeyFile(head);
}

export function isKeyFile(head: Uint8Array): boolean {
  if (isDerPrivateKey(head)) return true;
  // The log of a stack may quote certificates; it is a capture all the same.
  return identify(head).kind === 'other' && ARMOUR.test(new TextDecoder().decode(head));
}

/** PKCS #1 and PKCS #8: a SEQUENCE of at least 128 bytes that begins with the INTEGER 0. */
function isDerPrivateKey(bytes: Uint8Array): boolean {
  const lengthBytes = (bytes[1] ?? 0) - 0x80;
  if (bytes[0] !== 0x30 || lengthBytes < 1 || lengthBytes > 3) return false;
  return [0x02, 0x01, 0x00].every((byte, i) => bytes[2 + lengthBytes + i] === byte);
}
