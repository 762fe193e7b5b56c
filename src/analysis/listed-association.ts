/**
 * What is read of associations that nobody looks at: rows of the list with what they are sorted and filtered by, counts
 * over all of them, what leaves when all of them are shared or exported, and by what one is found again. A large capture
 * has thousands of them. A whole association is one, too; `Listing` makes one of it that is no more than this.
 */
import type { FindingView } from './finding.ts';
import type { FateView } from './story.ts';
import type {
  AlertView,
  Association,
  CertificateView,
  FlightView,
  HandshakeView,
  RecordCounts,
  TraceSummary,
} from './trace.ts';

export interface ListedAssociation
  extends Pick<
    Association,
    | 'id'
    | 'rolesKnown'
    | 'client'
    | 'server'
    | 'startMs'
    | 'version'
    | 'cipherSuite'
    | 'keyExchange'
    | 'group'
    | 'alpn'
    | 'serverName'
    | 'pskIdentity'
    | 'connectionIds'
    | 'clientRandom'
    | 'outcome'
    | 'verdict'
    | 'handshakeMs'
    | 'retransmissions'
  > {
  readonly addressChanges: readonly Pick<Association['addressChanges'][number], 'from' | 'to'>[];
  readonly certificates: {
    readonly client: readonly ListedCertificate[];
    readonly server: readonly ListedCertificate[];
  };
  readonly findings: readonly ListedFinding[];
  readonly alerts: readonly Pick<AlertView, 'description' | 'code' | 'level'>[];
  readonly handshakes: readonly ListedHandshake[];
  readonly records: Pick<RecordCounts, 'total' | 'decrypted' | 'undecryptable'>;
  readonly applicationData: {
    readonly client: { readonly records: number };
    readonly server: { readonly records: number };
  };
}

export type ListedCertificate = Pick<CertificateView, 'subject' | 'names'>;
export type ListedFinding = Pick<FindingView, 'rule' | 'severity' | 'title'>;

export interface ListedHandshake extends Pick<HandshakeView, 'cookieExchange'> {
  readonly flights: readonly ListedFlight[];
}

export interface ListedFlight extends Pick<FlightView, 'number' | 'sender'> {
  readonly transmissions: readonly { readonly fate: Pick<FateView, 'fate'> }[];
}

export interface ListedTrace extends Omit<TraceSummary, 'associations'> {
  readonly associations: readonly ListedAssociation[];
}

/** Makes rows of associations. What is equal in several of them is one object: a message copies that once. */
export class Listing {
  readonly #known = new Map<string, object>();

  row(a: Association): ListedAssociation {
    return {
      id: a.id,
      rolesKnown: a.rolesKnown,
      client: a.client,
      server: this.#one(a.server),
      startMs: a.startMs,
      version: a.version,
      cipherSuite: a.cipherSuite && this.#one(a.cipherSuite),
      keyExchange: a.keyExchange,
      group: a.group,
      alpn: a.alpn,
      serverName: a.serverName,
      pskIdentity: a.pskIdentity,
      connectionIds: this.#one(a.connectionIds),
      clientRandom: a.clientRandom,
      outcome: a.outcome,
      verdict: a.verdict,
      handshakeMs: a.handshakeMs,
      retransmissions: a.retransmissions,
      addressChanges: this.#one(a.addressChanges.map(({ from, to }) => ({ from, to }))),
      certificates: this.#one({
        client: a.certificates.client.map(listedCertificate),
        server: a.certificates.server.map(listedCertificate),
      }),
      findings: this.#one(a.findings.map(({ rule, severity, title }) => ({ rule, severity, title }))),
      alerts: this.#one(a.alerts.map(({ description, code, level }) => ({ description, code, level }))),
      handshakes: this.#one(a.handshakes.map(listedHandshake)),
      records: this.#one(countsOf(a.records)),
      applicationData: this.#one({
        client: { records: a.applicationData.client.records },
        server: { records: a.applicationData.server.records },
      }),
    };
  }

  /** Of equal parts the first. */
  #one<Part extends object>(part: Part): Part;
  #one(part: object): object {
    const key = JSON.stringify(part);
    const known = this.#known.get(key);
    if (known) return known;
    this.#known.set(key, part);
    return part;
  }
}

export function listedTrace({ associations, ...rest }: TraceSummary): ListedTrace {
  const listing = new Listing();
  return { ...rest, associations: associations.map((association) => listing.row(association)) };
}

const listedCertificate = ({ subject, names }: CertificateView): ListedCertificate => ({ subject, names });

function countsOf({ total, decrypted, undecryptable }: RecordCounts): ListedAssociation['records'] {
  return { total, decrypted, undecryptable };
}

function listedHandshake({ cookieExchange, flights }: HandshakeView): ListedHandshake {
  return {
    cookieExchange,
    flights: flights.map(({ number, sender, transmissions }) => ({
      number,
      sender,
      transmissions: transmissions.map(({ fate: { fate } }) => ({ fate: { fate } })),
    })),
  };
}
