/** From an open trace and the sharer's choices to what leaves the machine. */
import type { ChosenPackets } from '../analysis/chosen-packets.ts';
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import type { Datagram } from '../capture/datagram.ts';
import { AddressBook } from './addresses.ts';
import type { ShareChoices } from './choices.ts';
import { claimedMessages } from './claims.ts';
import { type ShareClock, shareClock } from './clock.ts';
import { FlowTable } from './flow-table.ts';
import { ContentRemover, type Uncut } from './leave-out.ts';
import { NameBlanker } from './names.ts';
import { RecordSplitter, recordKnowledge } from './record-knowledge.ts';
import { sharedSecrets } from './secrets.ts';
import { sharedCapture } from './shared-capture.ts';
import type { SharedDatagram, SharedTrace } from './shared-trace.ts';
import { surroundingsOf } from './surroundings.ts';
import { validityOf } from './validity.ts';

export interface Gathered {
  readonly trace: SharedTrace;
  /** Original addresses and what stands for them; for the sharer's eyes. */
  readonly replaced: readonly { readonly from: string; readonly to: string }[];
}

export function gather(session: Session, choices: ShareChoices, generator: string): Gathered {
  const details = detailsOf(session, choices);
  const captures = chosenOf(session, details, choices);
  const clock = shareClock(captures, choices.timeRange);
  const shown = captures.map((one) => ({ ...one, datagrams: one.datagrams.filter((d) => clock.inRange(d)) }));
  const isShown = packetsIn(shown);
  const book = new AddressBook();
  const flows = new FlowTable(
    choices.addresses === 'replaced' ? (address) => book.replaced(address) : (address) => address,
  );
  const blanker = new NameBlanker(session, details, choices);
  const remover = new ContentRemover(recordKnowledge(session, details, choices.applicationData));
  const datagrams = sharedDatagrams(shown, { splitter: new RecordSplitter(details), blanker, remover, flows, clock });
  const messages = choices.keys === 'messages' ? claimedMessages(session, details, blanker, isShown) : [];
  // May add the endpoints that carried it.
  const surroundings = surroundingsOf(captures, flows, clock);
  const { applicationData, addresses, names, certificates, keys } = choices;
  const redact = (text: string) => (addresses === 'replaced' ? book.inText(text) : text);
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
    captures: captures.map(({ facts }, i) =>
      sharedCapture(facts, captures.length > 1 ? `shared trace ${i + 1}` : 'shared trace', clock, choices, redact),
    ),
    endpoints: flows.endpoints,
    flows: flows.flows,
    datagrams,
    surroundings,
    validity: choices.clock === 'relative' ? validityOf(session, details, choices, isShown) : {},
    messages,
    secrets: sharedSecrets(session, details, keys),
    notes: choices.notes,
  };
  return { trace, replaced: book.replacements };
}

function detailsOf(session: Session, { associations }: ShareChoices): readonly AssociationDetail[] {
  const ids = associations ?? session.ids();
  return ids.flatMap((id) => session.association(id) ?? []);
}

/** The packets of the chosen associations in one list per capture, in the order of the file. */
function chosenOf(
  session: Session,
  details: readonly AssociationDetail[],
  { associations }: ShareChoices,
): readonly ChosenPackets[] {
  const ids = associations && details.map(({ association }) => association.id);
  return session
    .packetsOf(ids)
    .map((one) => ({ ...one, datagrams: one.datagrams.toSorted((a, b) => a.packet - b.packet) }));
}

export type IsShown = (at: { readonly capture: number; readonly packet: number }) => boolean;

function packetsIn(captures: readonly ChosenPackets[]): IsShown {
  const packets = captures.map(({ datagrams }) => new Set(datagrams.map(({ packet }) => packet)));
  return ({ capture, packet }) => packets[capture]?.has(packet) ?? false;
}

interface Tools {
  readonly splitter: RecordSplitter;
  readonly blanker: NameBlanker;
  readonly remover: ContentRemover;
  readonly flows: FlowTable;
  readonly clock: ShareClock;
}

function sharedDatagrams(
  captures: readonly ChosenPackets[],
  { splitter, blanker, remover, flows, clock }: Tools,
): readonly SharedDatagram[] {
  const ids = new Map<string, number>();
  const read = captures.map(({ datagrams }) =>
    datagrams.map((datagram) => {
      const records = splitter.recordsOf(datagram.payload);
      const conversation = conversationOf(datagram);
      remover.look({ records, conversation });
      return { datagram, records, conversation };
    }),
  );
  return captures.flatMap(({ facts }, capture) =>
    (read[capture] ?? []).map(({ datagram, records, conversation }): SharedDatagram => {
      const { packet, timeNs, missing, pieces, ip, leftOut = [] } = datagram;
      const uncut: Uncut = {
        payload: blanker.blanked(datagram.payload, records),
        records,
        missing,
        conversation,
        leftOut,
      };
      return {
        capture,
        packet,
        time: clock.time(timeNs, clock.digitsOf(facts)),
        flow: flows.indexOf(datagram),
        ...remover.cut(uncut),
        pieces: pieces.length > 1 ? pieces.map(({ packet: carrier, length }) => ({ packet: carrier, length })) : [],
        ttl: ip?.ttl ?? null,
        ipId: identity(ids, datagram),
        ipVersion: ip?.version ?? null,
      };
    }),
  );
}

/** Both directions have the same. */
function conversationOf({ source, destination, tag }: Datagram): string {
  const [a, b] = [source, destination].map(({ address, port }) => `${address} ${port}`).sort();
  return `${a} ${b} ${tag}`;
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
