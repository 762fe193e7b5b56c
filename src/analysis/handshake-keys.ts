/**
 * What the messages of one association give to open its records with: keys, connection IDs, the version. Keys open
 * records, and what is inside them may be the hellos of a renegotiation, which give keys again.
 */
import { cipherSuite } from '../crypto/suites.ts';
import {
  connectionId,
  hasEncryptThenMac,
  hasExtendedMasterSecret,
  hasTruncatedHmac,
  sessionTicket,
} from '../dtls/extensions/accessors.ts';
import { negotiatedVersion } from '../dtls/messages/server-hello.ts';
import { HANDSHAKE_TYPE, VERSION } from '../dtls/registry.ts';
import { toHex } from '../wire/text.ts';
import type { Placed } from './association-reading.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import type { KeptReading } from './kept-reading.ts';
import type { Keyring, MasterSecret } from './keyring.ts';
import type { ReadingContext } from './reading-context.ts';
import { type ReceivedRecord, RecordProtection } from './record-protection.ts';
import type { Side } from './record-table.ts';
import { hash12, transcriptBefore } from './transcripts.ts';
import { publicKeyOf } from './verification.ts';

/** Messages of which keys or connection IDs follow. */
const TELLING: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.clientHello,
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.newSessionTicket,
  HANDSHAKE_TYPE.newConnectionId,
]);

const NO_CONNECTION_IDS: readonly [readonly Uint8Array[], readonly Uint8Array[]] = [[], []];

export class HandshakeKeys {
  readonly protection: RecordProtection;
  /** Hex. Null until the ClientHello was read. */
  clientRandom: string | null = null;
  #firstRandom: string | null = null;
  /** Null where there are none: mostly. */
  #otherRandoms: Set<string> | null = null;
  #connectionIds: readonly [Uint8Array[], Uint8Array[]] | null = null;
  /** Why pre-shared or private keys that were given do not open it, a sentence; null where they do or were not given. */
  whyClosed: string | null = null;
  /** Decided by the ServerHello, or by the header of the records where there is none. */
  isVersion13 = false;
  readonly #keyring: Keyring;
  readonly #kept: KeptReading;
  /** Null once everything was read. */
  #retry: (() => void) | null;
  #offeredWithoutHello = false;
  /** A ServerHello chose a suite; null until that is looked up. Every record of DTLS 1.3 asks. */
  #suiteChosen: boolean | null = null;
  /** Secrets were tried that no ClientHello named. */
  #tried = false;

  /** @param retry is called when there are keys for records that may have come before them. */
  constructor({ keyring, ciphers }: ReadingContext, kept: KeptReading, retry: () => void) {
    this.protection = new RecordProtection(ciphers);
    this.#keyring = keyring;
    this.#kept = kept;
    this.#retry = retry;
  }

  /** Every ClientHello random that this association was seen with: one, unless the client breaks the rules. Hex. */
  get randoms(): readonly string[] {
    return this.#firstRandom === null ? [] : [this.#firstRandom, ...(this.#otherRandoms ?? [])];
  }

  get hasRandom(): boolean {
    return this.#firstRandom !== null;
  }

  /** @param random of a ClientHello, hex. */
  knowsRandom(random: string): boolean {
    return random === this.#firstRandom || (this.#otherRandoms?.has(random) ?? false);
  }

  /** Takes note of the random of a ClientHello, hex. */
  addRandom(random: string): void {
    if (this.knowsRandom(random)) return;
    if (this.#firstRandom === null) this.#firstRandom = random;
    else {
      this.#otherRandoms ??= new Set();
      this.#otherRandoms.add(random);
    }
  }

  /** CIDs that each side wants to receive, the negotiated one first; empty where none was negotiated. */
  get connectionIds(): readonly [readonly Uint8Array[], readonly Uint8Array[]] {
    return this.#connectionIds ?? NO_CONNECTION_IDS;
  }

  /** Called once everything was read: no record waits for keys any more. */
  finish(): void {
    this.#retry = null;
  }

  /** Secrets were tried that no ClientHello named. */
  get tried(): boolean {
    return this.#tried;
  }

  /** Whether a record opens with the keys of this association: to find out whose it is. */
  opens(side: Side, record: ReceivedRecord): boolean {
    if (record.form === 'unified') this.offerWithoutHello();
    return this.protection.hasKeysFor(side, record) && this.protection.open(side, record) !== null;
  }

  /** Protected records of 1.3 and no ServerHello: the secrets of the client random are tried with every suite. */
  offerWithoutHello(): void {
    if (this.#offeredWithoutHello) return;
    this.#suiteChosen ??= this.#kept.reading.handshakes.some(
      (h) => h.serverHello && !h.serverHello.isHelloRetryRequest,
    );
    if (this.#suiteChosen) return;
    this.#offeredWithoutHello = true;
    this.#tried ||= this.clientRandom === null;
    this.protection.offer13(this.#keyring.trafficSecrets(this.clientRandom), null);
  }

  /** What others say is read when somebody asks. */
  #isTelling(type: number): boolean {
    return type === HANDSHAKE_TYPE.clientKeyExchange ? this.#keyring.hasOtherKeys : TELLING.has(type);
  }

  /** Of a message follow keys, and what connection IDs there are. */
  messageComplete({ handshake, message, readAgain }: Placed): void {
    if (!message || !this.#isTelling(message.type)) return;
    const { decoded } = message;
    switch (decoded?.type) {
      case 'ClientHello': {
        if (handshake.number === 1) {
          const random = toHex(decoded.random);
          this.addRandom(random);
          // Equal texts are kept once.
          this.clientRandom = random === this.#firstRandom ? this.#firstRandom : random;
        }
        if (handshake.serverHello) this.#deriveKeys(handshake);
        break;
      }
      case 'ServerHello': {
        this.#suiteChosen = null;
        this.isVersion13 = negotiatedVersion(decoded) === VERSION.dtls13;
        for (const early of readAgain)
          if (early.type === HANDSHAKE_TYPE.clientKeyExchange || early.type === HANDSHAKE_TYPE.newSessionTicket)
            this.messageComplete({ handshake, message: early, completed: true, readAgain: [] });
        if (decoded.isHelloRetryRequest) break;
        this.#negotiateConnectionIds(handshake);
        this.#deriveKeys(handshake);
        break;
      }
      case 'ClientKeyExchange':
        this.#deriveFromKeyExchange(handshake, message);
        break;
      case 'NewConnectionId':
        this.#connectionIds ??= [[], []];
        this.#connectionIds[message.side].push(...decoded.connectionIds);
        break;
      case 'NewSessionTicket': {
        const ticket = toHex(decoded.ticket);
        if (ticket && !this.isVersion13)
          this.#keyring.remember(this.protection.keys(handshake.number).secrets, { ticket });
        break;
      }
      default:
    }
  }

  /** Pre-shared keys, private keys and premaster secrets need the ClientKeyExchange, and with EMS all before it (RFC 7627). */
  #deriveFromKeyExchange(handshake: HandshakeState, message: MessageInstance): void {
    const { clientHello, serverHello } = handshake;
    const suite = serverHello ? cipherSuite(serverHello.cipherSuite) : undefined;
    const { decoded } = message;
    if (!this.#keyring.hasOtherKeys || !suite || !clientHello || !serverHello || decoded?.type !== 'ClientKeyExchange')
      return;
    const choice = { version: serverHello.version, prfHash: suite.prfHash };
    const before = transcriptBefore(handshake, message, true);
    const { secrets, why } = this.#keyring.derive({
      ...choice,
      suite,
      clientRandom: clientHello.random,
      serverRandom: serverHello.random,
      pskIdentity: decoded.pskIdentity,
      encryptedPremaster: decoded.encryptedPreMasterSecret,
      extendedMasterSecret: hasExtendedMasterSecret(serverHello.extensions),
      sessionHash: before && hash12(before, choice),
      serverKey: publicKeyOf(handshake, 1),
    });
    this.whyClosed = why;
    if (secrets.length === 0) return;
    this.#offer(handshake, secrets);
    const sessionId = toHex(serverHello.sessionId);
    if (sessionId) this.#keyring.remember(secrets, { sessionId });
    this.#retry?.();
  }

  #negotiateConnectionIds({ clientHello, serverHello }: HandshakeState): void {
    const [client, server] = [
      clientHello && connectionId(clientHello.extensions),
      serverHello && connectionId(serverHello.extensions),
    ];
    if (!client || !server) return;
    // A renegotiation may change them; records of the old epoch still carry the old ones.
    this.#connectionIds ??= [[], []];
    this.#connectionIds[0].unshift(client.cid);
    this.#connectionIds[1].unshift(server.cid);
    this.protection.draftConnectionId = server.draft;
  }

  #deriveKeys(handshake: HandshakeState): void {
    const { clientHello, serverHello } = handshake;
    if (!serverHello) return;
    const suite = cipherSuite(serverHello.cipherSuite);
    if (!suite) return;
    const random = clientHello && toHex(clientHello.random);
    if (suite.tls13) {
      this.#tried ||= random === null;
      this.protection.offer13(this.#keyring.trafficSecrets(random), suite);
      this.#retry?.();
      return;
    }
    const sessionId = toHex(serverHello.sessionId);
    const ticket = clientHello && sessionTicket(clientHello.extensions);
    const found = this.#keyring.candidates({
      clientRandom: random,
      sessionId: sessionId || null,
      ticket: ticket && ticket.length > 0 ? toHex(ticket) : null,
    });
    const secrets = clientHello ? found : this.#keyring.trials();
    this.#tried ||= clientHello === null;
    this.#offer(handshake, secrets);
    if (sessionId) this.#keyring.remember(found, { sessionId });
    this.#retry?.();
  }

  #offer(handshake: HandshakeState, secrets: readonly MasterSecret[]): void {
    const { clientHello, serverHello } = handshake;
    const suite = serverHello ? cipherSuite(serverHello.cipherSuite) : undefined;
    if (!serverHello || !suite) return;
    this.protection.offer12(handshake.number, secrets, {
      suite,
      version: serverHello.version,
      clientRandom: clientHello && this.#textOf(clientHello.random),
      serverRandom: toHex(serverHello.random),
      encryptThenMac: hasEncryptThenMac(serverHello.extensions),
      truncatedHmac: hasTruncatedHmac(serverHello.extensions),
    });
  }

  /** Equal texts are kept once. */
  #textOf(random: Uint8Array): string {
    const text = toHex(random);
    return text === this.clientRandom ? this.clientRandom : text;
  }
}
