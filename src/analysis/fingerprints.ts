/** JA3, JA3S and JA4 of a handshake: the texts of dtls/fingerprints.ts, hashed as each of them wants it. */
import { hash } from '../crypto/hashes.ts';
import { ja3sText, ja3Text, ja4Parts } from '../dtls/fingerprints.ts';
import type { ClientHello } from '../dtls/messages/client-hello.ts';
import type { ServerHello } from '../dtls/messages/server-hello.ts';
import { toHex } from '../wire/text.ts';

export interface Fingerprints {
  readonly ja3: string | null;
  readonly ja3s: string | null;
  readonly ja4: string | null;
}

/** What JA4 writes for an empty list instead of the hash of nothing. */
const NOTHING = '000000000000';

/**
 * Of the first ClientHello: a second one may carry a cookie extension that the server asked for. And of the
 * ServerHello, not of a HelloRetryRequest.
 */
export function fingerprintsOf(clientHello: ClientHello | null, serverHello: ServerHello | null): Fingerprints {
  return {
    ja3: clientHello && md5(ja3Text(clientHello)),
    ja3s: serverHello && md5(ja3sText(serverHello)),
    ja4: clientHello && ja4(clientHello),
  };
}

function ja4(hello: ClientHello): string {
  const { a, b, c } = ja4Parts(hello);
  return `${a}_${sha256Start(b)}_${sha256Start(c)}`;
}

function md5(text: string): string {
  return toHex(hash('md5', new TextEncoder().encode(text)));
}

function sha256Start(text: string): string {
  return text === '' ? NOTHING : toHex(hash('sha256', new TextEncoder().encode(text))).slice(0, NOTHING.length);
}
