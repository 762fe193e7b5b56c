/** From an open trace and the sharer's choices to what leaves the machine. */
import { reachOf } from '../analysis/address-reach.ts';
import type { ChosenPackets } from '../analysis/chosen-packets.ts';
import type { Reach } from '../analysis/given.ts';
import type { Session } from '../analysis/session.ts';
import type { Association, AssociationDetail } from '../analysis/trace.ts';
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import { fromHex } from '../wire/text.ts';
import { AddressBook } from './addresses.ts';
import type { ShareChoices } from './choices.ts';
import { claimedMessages } from './claims.ts';
import { unitOf } from './clock.ts';
import { isHarmless } from './harmless.ts';
import { ContentRemover, recordIdentity } from './leave-out.ts';
import { NameBlanker } from './names.ts';
import { sharedSecrets } from './secrets.ts';
import type { SharedCapture, SharedDatagram, SharedEndpoint, SharedFlow, SharedTrace } from './shared-trace.ts';
import { surroundingsOf } from './surroundings.ts';

export interface Gathered {
  readonly trace: SharedTrace;
  /** Original addresses and what stands for them; for the sharer's eyes. */
  readonly replaced: readonly { readonly from: string; readonly to: string }[];
}

export function gather(session: Session, choices: ShareChoices, generator: string): Gathered {
  const details = detailsOf(session, choices);
  const chosen =
    choices.associations === null ? [session.packetsOf(null)] : details.map((d) => session.packetsOf(d.association.id));
  const captures = joined(chosen);
  const book = new AddressBook();
  const clock = clockOf(captures, choices);
  const remover = new ContentRemover(
    choices.applicationData,
    connectionIdsOf(details),
    knownRecords(session, details, choices),
    details.some(({ association }) => hasExplicitNonce(association)),
  );
  const blanker = new NameBlanker(session, details, choices);
  const flows = new FlowTable(
    choices.addresses === 'replaced' ? (address) => book.replaced(address) : (address) => address,
  );
  const ids = new Map<string, number>();
  const datagrams = captures.flatMap(({ facts, datagrams: all }, capture) =>
    all
      .filter((d) => clock.inRange(d))
      .map((d): SharedDatagram => {
        const cut = remover.cut(blanker.blanked(d), d.missing);
        return {
          capture,
          packet: d.packet,
          time: clock.time(d.timeNs, facts.timeDigits),
          flow: flows.indexOf(d),
          ...cut,
          pieces: d.pieces.length > 1 ? d.pieces.map(({ packet, length }) => ({ packet, length })) : [],
          ttl: d.ip?.ttl ?? null,
          ipId: d.ip ? identity(ids, d) : null,
          ipVersion: d.ip?.version ?? null,
        };
      }),
  );
  const { applicationData, addresses, names, certificates, keys } = choices;
  const redact = (text: string) => (choices.addresses === 'replaced' ? book.inText(text) : text);
  // May add the endpoints that carried it.
  const around = surroundingsOf(captures, flows, clock);
  const trace: SharedTrace = {
    title: choices.title,
    generator,
    redactions: {
      scope: choices.timeRange ? 'time-range' : choices.associations ? 'association' : 'all',
      applicationData,
      addresses,
      clock: choices.clock,
      names,
      certificates,
      keys,
      altered: blanker.altered,
    },
    origin: choices.clock === 'kept' ? clock.originNs.toString() : null,
    ports: session.forcedPorts,
    captures: captures.map((capture, i) => sharedCapture(capture, i, captures.length, clock, choices, redact)),
    endpoints: flows.endpoints,
    flows: flows.flows,
    datagrams,
    surroundings: around,
    validity: choices.clock === 'relative' ? validityOf(details) : {},
    messages: keys === 'messages' ? claimedMessages(session, details, choices) : [],
    secrets: sharedSecrets(session, details, keys),
    notes: choices.notes,
  };
  return { trace, replaced: book.replacements };
}

function detailsOf(session: Session, { associations }: ShareChoices): readonly AssociationDetail[] {
  const ids = associations ?? session.trace().associations.map((a) => a.id);
  return ids.flatMap((id) => session.association(id) ?? []);
}

/** The packets of several associations in one list per capture, in the order of the file. */
function joined(chosen: readonly (readonly ChosenPackets[])[]): readonly ChosenPackets[] {
  const [first, ...more] = chosen;
  if (!first || more.length === 0) return first ?? [];
  return first.map((one, capture) => {
    const all = chosen.flatMap((captures) => captures[capture]?.datagrams ?? []);
    return { ...one, datagrams: [...new Set(all)].toSorted((a, b) => a.packet - b.packet) };
  });
}

function connectionIdsOf(details: readonly AssociationDetail[]): readonly Uint8Array[] {
  const ids = new Set(
    details.flatMap(({ association: { connectionIds } }) => [connectionIds.client, connectionIds.server]),
  );
  return [...ids].flatMap((id) => (id ? (fromHex(id) ?? []) : [])).toSorted((a, b) => b.length - a.length);
}

/** GCM and CCM of DTLS 1.2 begin with 8 bytes of nonce (RFC 5288 §3, RFC 6655 §3). */
function hasExplicitNonce({ version, cipherSuite }: Association): boolean {
  return version !== 'DTLS 1.3' && /_(GCM|CCM)/.test(cipherSuite?.name ?? '');
}

/** Protected records that are known to hold a handshake message, an alert or an ACK. */
function knownRecords(
  session: Session,
  details: readonly AssociationDetail[],
  { applicationData }: ShareChoices,
): ReadonlySet<string> {
  const known = new Set<string>();
  if (applicationData === 'bodies') return known;
  for (const { records } of details)
    for (const record of records) {
      if (record.epoch === 0 || !isHarmless(record)) continue;
      const detail = session.record(record.record);
      const packet = detail?.buffers.find(({ id }) => id === 'packet');
      if (!packet) continue;
      const from = record.offset - packet.base;
      known.add(recordIdentity(packet.bytes.subarray(from, from + record.length)));
    }
  return known;
}

export interface ShareClock {
  /** Time 0, in ns since 1970. */
  readonly originNs: bigint;
  /** In units of a capture's clock. */
  time(timeNs: bigint, digits: number): number;
  inRange(datagram: Datagram): boolean;
}

/** Time 0 is the first packet, as in the report of the whole trace. */
function clockOf(captures: readonly ChosenPackets[], { timeRange }: ShareChoices): ShareClock {
  const times = captures.flatMap(({ facts }) => [facts.firstTimeNs, facts.lastTimeNs].filter((t) => t !== null));
  const first = times.reduce<bigint | null>((least, t) => (least === null || t < least ? t : least), null) ?? 0n;
  const coarsest = captures.reduce((unit, { facts }) => larger(unit, unitOf(facts.timeDigits)), 1n);
  const originNs = first - (((first % coarsest) + coarsest) % coarsest);
  const [fromNs, toNs] = [timeRange?.fromMs ?? 0, timeRange?.toMs ?? 0].map(
    (ms) => first + BigInt(Math.round(ms * 1e6)),
  );
  return {
    originNs,
    time: (timeNs, digits) => Number((timeNs - originNs) / unitOf(digits)),
    inRange: ({ timeNs }) => !timeRange || (timeNs >= (fromNs ?? 0n) && timeNs <= (toNs ?? 0n)),
  };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function sharedCapture(
  { facts }: ChosenPackets,
  index: number,
  count: number,
  clock: ShareClock,
  { addresses, names, clock: kept }: ShareChoices,
  redact: (text: string) => string,
): SharedCapture {
  const { name, format, linkTypes, packets, udpDatagrams, ipFragmentsReassembled, timeDigits } = facts;
  const isPlain = addresses === 'replaced' || names === 'blanked' || kept === 'relative';
  const shown = isPlain ? (count > 1 ? `shared trace ${index + 1}` : 'shared trace') : name;
  return {
    name: shown,
    format,
    linkTypes,
    packets,
    udpDatagrams,
    ipFragmentsReassembled,
    timeDigits,
    first: facts.firstTimeNs === null ? null : clock.time(facts.firstTimeNs, timeDigits),
    last: facts.lastTimeNs === null ? null : clock.time(facts.lastTimeNs, timeDigits),
    problems: facts.problems
      .slice(0, 100)
      .map(({ packet, message }) => ({ packet, message: redact(isPlain ? message.replaceAll(name, shown) : message) })),
  };
}

/** Equal numbers where the identifications of two IP headers of one sender are equal, without telling them. */
function identity(ids: Map<string, number>, { ip, source, capture }: Datagram): number | null {
  // Zero is what hosts write that number nothing (RFC 6864 §4.1).
  if (!ip || ip.id === null || ip.id === 0) return ip?.id ?? null;
  const key = `${capture} ${source.address} ${ip.id}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, ids.size + 1);
  return ids.size;
}

function validityOf(details: readonly AssociationDetail[]): SharedTrace['validity'] {
  const validity: Record<string, 'valid' | 'expired' | 'not-yet'> = {};
  for (const { association } of details)
    for (const certificate of [...association.certificates.client, ...association.certificates.server])
      if (certificate.validity !== 'unknown') validity[certificate.sha256] = certificate.validity;
  return validity;
}

const NONE_GIVEN: ReadonlyMap<string, Reach> = new Map();

/** Endpoints and flows, each written once. */
export class FlowTable {
  readonly endpoints: SharedEndpoint[] = [];
  readonly flows: SharedFlow[] = [];
  readonly #endpoints = new Map<string, number>();
  readonly #flows = new Map<string, number>();
  readonly #tags = new Map([['', '']]);
  readonly #shown: (address: string) => string;

  constructor(shown: (address: string) => string) {
    this.#shown = shown;
  }

  /** The number of an endpoint that a datagram has; null for strangers. */
  known({ address, port }: Endpoint): number | null {
    return this.#endpoints.get(`${address} ${port}`) ?? null;
  }

  address(address: string): string {
    return this.#shown(address);
  }

  endpoint({ address, port }: Endpoint): number {
    const key = `${address} ${port}`;
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known;
    this.#endpoints.set(key, this.endpoints.length);
    const shown = this.#shown(address);
    const reach = shown === address ? null : reachOf(address, NONE_GIVEN);
    return this.endpoints.push({ address: shown, port, reach }) - 1;
  }

  indexOf({ source, destination, directed, tag, carriers }: Datagram): number {
    const [from, to] = [this.endpoint(source), this.endpoint(destination)];
    const key = JSON.stringify([from, to, directed, tag, carriers]);
    const known = this.#flows.get(key);
    if (known !== undefined) return known;
    this.#flows.set(key, this.flows.length);
    // A tag may hold addresses: only which are the same is told.
    if (!this.#tags.has(tag)) this.#tags.set(tag, `t${this.#tags.size}`);
    const shown = this.#tags.get(tag) ?? '';
    return this.flows.push({ source: from, destination: to, directed, tag: shown, carriers }) - 1;
  }
}
