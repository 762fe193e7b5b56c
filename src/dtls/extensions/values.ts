/** What each extension says once decoded: one type per extension number, so that nobody deals with `unknown`. */
import type { EcjpakeKeyKp } from './ecjpake.ts';

/** RFC 6066 §3. A server that used the name answers with an empty body: no names. */
export interface ServerName {
  readonly nameType: number;
  readonly name: Uint8Array;
}

/** RFC 6066 §8. Null where a message carries the extension empty; `response` is DER in a 1.3 Certificate. */
export interface StatusRequest {
  readonly statusType: number;
  readonly responderIds: readonly Uint8Array[];
  readonly requestExtensions: Uint8Array;
  readonly response: Uint8Array | null;
}

/** RFC 5764 §4.1.1: profiles offered, or the one chosen. */
export interface UseSrtp {
  readonly profiles: readonly number[];
  readonly mki: Uint8Array;
}

/** RFC 8471 §2. */
export interface TokenBinding {
  readonly major: number;
  readonly minor: number;
  readonly keyParameters: readonly number[];
}

export interface KeyShareEntry {
  readonly group: number;
  readonly keyExchange: Uint8Array;
}

/** RFC 8446 §4.2.8. A HelloRetryRequest names a group and no share. */
export interface KeyShare {
  readonly entries: readonly KeyShareEntry[];
  readonly selectedGroup: number | null;
}

export interface PskIdentity {
  readonly identity: Uint8Array;
  /** Milliseconds, obscured by the ticket's ticket_age_add; 0 for an external key. */
  readonly obfuscatedTicketAge: number;
}

/** RFC 8446 §4.2.11: identities and binders of a client, or the index the server chose. */
export interface PreSharedKey {
  readonly identities: readonly PskIdentity[];
  readonly binders: readonly Uint8Array[];
  readonly selectedIdentity: number | null;
}

/** RFC 9149 §3; the server's form has an expected count only, which is `newSessionCount`. */
export interface TicketRequest {
  readonly newSessionCount: number;
  readonly resumptionCount: number | null;
}

/** RFC 9849 §5. `outer` is what an observer sees of the real hello: nothing but its length. */
export type EncryptedClientHello =
  | {
      readonly form: 'outer';
      readonly kdf: number;
      readonly aead: number;
      readonly configId: number;
      readonly enc: Uint8Array;
      readonly payload: Uint8Array;
    }
  | { readonly form: 'inner' }
  | { readonly form: 'retry_configs'; readonly configs: Uint8Array }
  | { readonly form: 'confirmation'; readonly confirmation: Uint8Array }
  | { readonly form: 'unknown'; readonly bytes: Uint8Array };

/** RFC 8446 §4.2.5. */
export interface OidFilter {
  readonly oid: Uint8Array;
  readonly values: Uint8Array;
}

/** RFC 9345 §4: schemes that a client accepts, or in a Certificate the credential itself. */
export interface DelegatedCredential {
  readonly schemes: readonly number[];
  readonly credential: Uint8Array | null;
}

/** Extension number → type of `Extension.value`. A number that is missing here has its bytes as value. */
export interface ExtensionValues {
  0: readonly ServerName[];
  1: number;
  2: true;
  3: Uint8Array;
  4: true;
  5: StatusRequest | null;
  9: readonly number[];
  10: readonly number[];
  11: readonly number[];
  13: readonly number[];
  14: UseSrtp;
  15: number;
  16: readonly Uint8Array[];
  17: Uint8Array;
  18: readonly Uint8Array[];
  19: readonly number[];
  20: readonly number[];
  21: number;
  22: true;
  23: true;
  24: TokenBinding;
  25: Uint8Array;
  27: readonly number[];
  28: number;
  34: DelegatedCredential;
  35: Uint8Array;
  41: PreSharedKey;
  42: number | null;
  43: readonly number[];
  44: Uint8Array;
  45: readonly number[];
  47: readonly Uint8Array[];
  48: readonly OidFilter[];
  49: true;
  50: readonly number[];
  51: KeyShare;
  52: Uint8Array;
  53: Uint8Array;
  54: Uint8Array;
  55: Uint8Array;
  56: Uint8Array;
  57: Uint8Array;
  58: TicketRequest;
  59: Uint8Array;
  60: readonly number[];
  61: true;
  62: Uint8Array;
  256: readonly EcjpakeKeyKp[];
  13172: readonly Uint8Array[];
  17513: readonly Uint8Array[];
  17613: readonly Uint8Array[];
  64768: readonly number[];
  65037: EncryptedClientHello;
  65281: Uint8Array;
}
