/** An association as lists and reports see it: identity, parameters, outcome, counts. */
import { alertDescriptionName } from '../dtls/registry.ts';
import { toHex } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import type { CertificateReader } from './certificates.ts';
import { closedBy } from './closing.ts';
import { epochViews } from './epochs.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { handshakeViews, messageViews } from './flight-views.ts';
import { parametersOf } from './parameters.ts';
import { carriersOf } from './rare-traits.ts';
import type { RecordList } from './record-list.ts';
import { MARK, REASONS, SENDERS, type Side, STATE } from './record-table.ts';
import { recordView } from './record-views.ts';
import { diagnoseAssociation } from './rules/diagnose.ts';
import type { AssociationFacts, Subject } from './rules/subject.ts';
import { shownRecords } from './shown-records.ts';
import { storyOf } from './story-of.ts';
import { sumsOf } from './streams.ts';
import type {
  AlertView,
  Association,
  AssociationDetail,
  AssociationStory,
  ClosedReason,
  HandshakeView,
  Outcome,
  RecordCounts,
} from './trace.ts';
import { beginsLate, isUntimed, verdict } from './verdict.ts';
import { verificationsOf } from './verification.ts';

/** A handshake may go on if the capture ends this soon after its last record: no timer in use is shorter than a second for long. */
const MAY_GO_ON_MS = 1000;

/** What is the same for all associations of a trace. */
export interface Surroundings {
  readonly captureEndMs: number;
  /** When the trace begins, in milliseconds since 1970; null where that is not known. */
  readonly originMs: number | null;
  readonly certificates: CertificateReader;
}

/** All but what the rules make of it. */
export function associationFacts(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  { captureEndMs, originMs, certificates }: Surroundings,
): AssociationFacts {
  const { state } = analysed;
  const handshakes = handshakeViews(trace, analysed);
  const first = state.records[0] ?? 0;
  const last = state.records.at(-1) ?? first;
  const [startMs, endMs] = [trace.timeMs(first), trace.timeMs(last)];
  const outcome = outcomeOf(analysed, handshakes, captureEndMs - endMs < MAY_GO_ON_MS);
  const records = recordCounts(trace, state);
  const established = handshakes.find((h) => h.outcome === 'established');
  const hellos = state.handshakes.find((h) => h.serverHello || h.clientHello) ?? null;
  return {
    id: state.id,
    rolesKnown: state.rolesKnown,
    client: state.endpoints[0],
    server: state.endpoints[1],
    addressChanges: state.addressChanges.map(({ record, side, from, to }) => ({
      timeMs: trace.timeMs(record),
      packet: trace.packetOf(record),
      endpoint: SENDERS[side] ?? 'client',
      from,
      to,
    })),
    carriers: carriersOf(trace, state.records),
    replaces: state.replaces?.id ?? null,
    startMs,
    endMs,
    ...parametersOf(hellos),
    connectionIds: { client: cidText(state.connectionIds[0][0]), server: cidText(state.connectionIds[1][0]) },
    clientRandom: state.clientRandom,
    keysFoundByTrial: state.keysFoundByTrial,
    fingerprints: fingerprintsOf(hellos?.clientHello ?? null, hellos?.serverHello ?? null),
    certificates: {
      client: hellos ? certificates.chain(hellos, 0, originMs === null ? null : originMs + startMs) : [],
      server: hellos ? certificates.chain(hellos, 1, originMs === null ? null : originMs + startMs) : [],
    },
    outcome,
    closed: closedBy(trace, analysed, outcome === 'established', captureEndMs),
    handshakes,
    records,
    epochs: epochViews(trace, analysed),
    alerts: alertViews(trace, analysed),
    applicationData: { client: state.applicationData[0], server: state.applicationData[1] },
    handshakeMs:
      established && !beginsLate(established) && !isUntimed(established)
        ? established.endMs - established.startMs
        : null,
    retransmissions: handshakes.reduce((n, h) => n + h.flights.reduce((m, f) => m + f.transmissions.length - 1, 0), 0),
  };
}

/** With its findings, and the verdict that its headline makes; or, where nothing is wrong, what the handshake did. */
export function associationView(subject: Subject): Association {
  const { analysed, a } = subject;
  const { findings, verdict: said } = diagnoseAssociation(subject);
  const { state } = analysed;
  const told = verdict({
    outcome: a.outcome,
    handshakes: a.handshakes.flatMap((view, i) => {
      const ending = analysed.handshakes[i]?.decided.ending;
      return ending ? [{ view, ending }] : [];
    }),
    applicationRecords: state.applicationRecords.length,
    addressChanges: state.addressChanges.length,
  });
  return { ...a, findings, verdict: said ?? told };
}

export function associationDetail(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  association: Association,
): AssociationDetail {
  return withRecords(trace, analysed, associationStory(trace, analysed, association), analysed.state.records);
}

/** Where there are very many records, with those that tell something, and those around the one that is looked for. */
export function associationShown(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  association: Association,
  around: number | null,
): AssociationDetail {
  const story = associationStory(trace, analysed, association);
  const { records, summed } = shownRecords(trace, analysed, story, around);
  const detail = withRecords(trace, analysed, story, records);
  return summed.length === 0 ? detail : { ...detail, summed };
}

function withRecords(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  story: AssociationStory,
  records: RecordList,
): AssociationDetail {
  const { indexOf } = messageViews(trace, analysed);
  return { ...story, records: Array.from(records, (record) => recordView(trace, analysed, record, indexOf)) };
}

export function associationStory(
  trace: AnalysedTrace,
  analysed: AnalysedAssociation,
  association: Association,
): AssociationStory {
  const { vantage, losses, machines, timers, timing, relations, replayDrops } = storyOf(trace, analysed);
  return {
    association,
    verifications: verificationsOf(analysed.state),
    messages: messageViews(trace, analysed).views,
    vantage,
    losses,
    machines,
    timers,
    timing,
    relations,
    replayDrops,
  };
}

function outcomeOf(
  { state, handshakes }: AnalysedAssociation,
  views: readonly HandshakeView[],
  captureEndsSoon: boolean,
): Outcome {
  const initial = handshakes[0];
  if (!initial || initial.state.messages.length === 0) return 'no-handshake';
  if (views.some((h) => h.outcome === 'established')) return 'established';
  // Application data both ways in the epoch that the handshake opened: it was established before the capture showed it.
  const both = ([0, 1] as const).every((side) =>
    state.applicationRecords.some((r) => r.side === side && r.epoch >= initial.state.number),
  );
  if (both && initial.decided.outcome !== 'failed') return 'established';
  if (initial.decided.outcome === 'failed') return 'failed';
  return captureEndsSoon && !state.replacedBy ? 'ongoing' : 'incomplete';
}

const cidText = (cid: Uint8Array | undefined): string | null => (cid === undefined ? null : toHex(cid));

function recordCounts(trace: AnalysedTrace, { index }: AssociationState): RecordCounts {
  const { total, state, mark, reason } = sumsOf(trace).counts(index);
  const undecryptableReasons = {} as Record<ClosedReason, number>;
  for (const [i, name] of REASONS.entries()) undecryptableReasons[name] = reason(i + 1);
  return {
    total,
    plaintext: state(STATE.plaintext),
    decrypted: state(STATE.decrypted),
    undecryptable: state(STATE.undecryptable),
    malformed: state(STATE.malformed),
    retransmitted: mark(MARK.retransmission),
    duplicate: mark(MARK.duplicate),
    reordered: mark(MARK.reordered),
    undecryptableReasons,
  };
}

function alertViews(trace: AnalysedTrace, { state }: AnalysedAssociation): AlertView[] {
  return state.alerts.map(({ record, side, epoch, level, code }) => ({
    timeMs: trace.timeMs(record),
    packet: trace.packetOf(record),
    record: record + 1,
    sender: SENDERS[side satisfies Side] ?? 'client',
    epoch,
    description: alertDescriptionName(code),
    code,
    level: level === 2 ? 'fatal' : 'warning',
  }));
}
