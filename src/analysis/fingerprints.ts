/** JA3, JA3S and JA4 of a handshake: the texts of dtls/fingerprints.ts, hashed as each of them wants it. */
import { hash } from '../crypto/hashes.ts';
import { EC_POINT_FORMATS, ja3sText, ja3Text, ja4Parts } from '../dtls/fingerprints.ts';
import type { ClientHello } from '../dtls/messages/client-hello.ts';
import type { ServerHello } from '../dtls/messages/server-hello.ts';
import { EXTENSION_TYPE } from '../dtls/registry.ts';
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
  const ofClient = clientHello && OF_CLIENTS.of(saidBy(clientHello), () => readClient(clientHello));
  const text = serverHello && ja3sText(serverHello);
  return {
    ja3: ofClient?.ja3 ?? null,
    ja3s: text === null ? null : OF_SERVERS.of(text, () => md5(text)),
    ja4: ofClient?.ja4 ?? null,
  };
}

/** One software says hello to everybody in the same way: what was made of that is kept, until it is too much. */
class Known<Value> {
  readonly #byText = new Map<string, Value>();

  of(text: string, make: () => Value): Value {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size >= MOST_KNOWN) this.#byText.clear();
    const made = make();
    this.#byText.set(text, made);
    return made;
  }
}

const MOST_KNOWN = 1024;
const OF_CLIENTS = new Known<{ readonly ja3: string; readonly ja4: string }>();
const OF_SERVERS = new Known<string>();

/** Extensions of which fingerprints tell more than that they are there. */
const LOOKED_INTO: ReadonlySet<number> = new Set([
  EXTENSION_TYPE.supportedGroups,
  EC_POINT_FORMATS,
  EXTENSION_TYPE.signatureAlgorithms,
  EXTENSION_TYPE.alpn,
  EXTENSION_TYPE.supportedVersions,
]);

/** All of a hello that goes into its fingerprints. */
function saidBy({ version, cipherSuites, extensions }: ClientHello): string {
  let said = `${version} ${cipherSuites.join()}`;
  for (const { type, body } of extensions) said += LOOKED_INTO.has(type) ? ` ${type}:${toHex(body)}` : ` ${type}`;
  return said;
}

const readClient = (hello: ClientHello) => ({ ja3: md5(ja3Text(hello)), ja4: ja4(hello) });

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
