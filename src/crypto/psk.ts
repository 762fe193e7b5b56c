/** Pre-shared keys as a person gives them: `[IDENTITY=]HEX`, or the key itself as text. */
import { fromHex, sameBytes } from '../wire/text.ts';

export interface GivenPsk {
  /** The identity it is for, UTF-8; null for any. */
  readonly identity: Uint8Array | null;
  readonly key: Uint8Array;
  /** Where it was given, for display; never the key. */
  readonly source: string;
}

export type PskResult =
  | { readonly kind: 'psk'; readonly psk: GivenPsk }
  /** One sentence that does not quote the key. */
  | { readonly kind: 'unusable'; readonly message: string };

/** RFC 4279 §2: a length of two bytes. */
const MAX_LENGTH = 65_535;

/**
 * Identity and key stand before and after an `=`: the last one where the key is hex, which has none; the first one
 * where it is text. Nothing before the `=` is no identity, so `=a=b` gives the text `a=b` for any identity.
 */
export function parsePsk(given: string, form: { readonly text: boolean; readonly source?: string }): PskResult {
  const at = form.text ? given.indexOf('=') : given.lastIndexOf('=');
  const identityText = at < 0 ? '' : given.slice(0, at);
  const keyText = given.slice(at + 1);
  const identity = identityText === '' ? null : new TextEncoder().encode(identityText);
  const key = form.text ? new TextEncoder().encode(keyText) : keyFromHex(keyText);
  if (typeof key === 'string') return { kind: 'unusable', message: key };
  if (key.length === 0) return { kind: 'unusable', message: 'The pre-shared key is empty.' };
  if (key.length > MAX_LENGTH || (identity?.length ?? 0) > MAX_LENGTH) {
    return { kind: 'unusable', message: `Pre-shared key or identity is longer than ${MAX_LENGTH} bytes.` };
  }
  return { kind: 'psk', psk: { identity, key, source: form.source ?? 'pre-shared key' } };
}

/** The keys that may be a client's: those for any identity, and those for the one it sent (null: not seen). */
export function psksFor(psks: readonly GivenPsk[], sent: Uint8Array | null): readonly GivenPsk[] {
  return psks.filter(({ identity }) => identity === null || sent === null || sameBytes(identity, sent));
}

/** The bytes, or what is wrong in a sentence. Spaces, colons and hyphens between digits and a leading 0x are accepted. */
function keyFromHex(text: string): Uint8Array | string {
  const digits = text
    .trim()
    .replace(/^0x/i, '')
    .replace(/[\s:-]/g, '');
  if (!/^[0-9a-f]*$/i.test(digits)) {
    return 'The pre-shared key is not hexadecimal; a key that is text has to be given as text.';
  }
  return fromHex(digits) ?? `The pre-shared key has an odd number of hex digits (${digits.length}).`;
}
