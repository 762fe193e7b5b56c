/**
 * Where on the path a capture was taken, as far as its packets tell: hops that were counted off, what was lost before
 * and after it, addresses, and who answers at once.
 */
import { reachOf } from './address-reach.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { type Effect, effectsOf } from './effects.ts';
import { surroundingsOf } from './flight-setting.ts';
import { contentsOf } from './gap-contents.ts';
import type { Reach } from './given.ts';
import { missedAcks } from './missed-acks.ts';
import { hasTransits } from './rare-traits.ts';
import type { Side } from './record-table.ts';
import type { VantageView } from './story.ts';

/** Stands for endpoints that a capture does not tell. */
const UNTOLD = '::';
/** What senders start with; the number that arrives is less by one for each router (RFC 1700, RFC 8200 §3). */
const INITIAL_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);
/** One endpoint answers at once, the other takes this much longer, and more than anybody computes for a hello. */
const FAR_RATIO = 8;
const FAR_MS = 10;
/** Packets whose headers are looked at: they do not change from one to the next. */
const MAX_PACKETS = 64;

const NAMES = ['client', 'server'] as const;

export function vantageOf(trace: AnalysedTrace, association: AnalysedAssociation): VantageView {
  const { records } = association.state;
  if (hasTransits(trace) && records.some((r) => trace.datagramOf(r).transit !== undefined))
    return { position: 'both', certainty: 'seen', reason: 'The same datagrams were captured at two points.' };
  return (
    byHops(trace, association) ??
    byLosses(trace, association) ??
    byAddresses(association, trace.given.reach) ??
    byAnswers(trace, association) ?? {
      position: 'unknown',
      certainty: 'inferred',
      reason: 'Nothing in the packets tells where they were captured.',
    }
  );
}

/** On the host that sent it, a packet has the number of hops that hosts begin with. */
function byHops(trace: AnalysedTrace, { state }: AnalysedAssociation): VantageView | null {
  const c = trace.records.columns;
  const hops: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (const record of state.records.slice(0, MAX_PACKETS)) {
    const ttl = trace.datagrams.hops(c.datagram.get(record));
    if (ttl !== null) hops[c.side[record] === 0 ? 0 : 1].add(ttl);
  }
  const [client, server] = hops;
  if (client.size === 0 || server.size === 0) return null;
  const isNear = (ttls: ReadonlySet<number>) => [...ttls].every((ttl) => INITIAL_TTLS.has(ttl));
  const [nearClient, nearServer] = [isNear(client), isNear(server)];
  if (nearClient && nearServer) return null;
  const list = (ttls: ReadonlySet<number>) => [...ttls].slice(0, 3).join(' or ');
  if (!nearClient && !nearServer)
    return {
      position: 'between',
      certainty: 'near-certain',
      reason: `Packets of both sides have passed routers: their hop limits are ${list(client)} and ${list(server)}.`,
    };
  const near: Side = nearClient ? 0 : 1;
  const [own, other] = near === 0 ? [client, server] : [server, client];
  return {
    position: NAMES[near],
    certainty: 'near-certain',
    reason: `Packets of the ${NAMES[near]} have the hop limit that hosts start with (${list(own)}), those of the other side have passed routers (${list(other)}).`,
  };
}

/** What is missing was lost before the capture point, what came to nothing after it. */
function byLosses(trace: AnalysedTrace, association: AnalysedAssociation): VantageView | null {
  const near: [number, number] = [0, 0];
  for (const gap of surroundingsOf(trace, association).gaps)
    if (!contentsOf(trace, association, gap).received) near[gap.side === 0 ? 1 : 0]++;
  const effects = effectsOf(trace, association);
  for (const { flights } of association.handshakes) {
    for (const flight of flights) {
      for (const transmission of flight.transmissions) {
        const effect = effects.get(transmission);
        if (effect && showsLoss(effect)) near[flight.side]++;
      }
    }
  }
  for (const side of [0, 1] as const) near[side] += missedAcks(trace, association, side).length;
  const [client, server] = near;
  if (client === 0 && server === 0) return null;
  const ratio = Math.max(client, server) / Math.max(1, Math.min(client, server));
  if (client > 0 && server > 0 && ratio < 3)
    return {
      position: 'between',
      certainty: 'inferred',
      reason: 'Records of both sides were lost before they reached this capture, or after they had passed it.',
    };
  const side = client > server ? 0 : 1;
  return {
    position: NAMES[side],
    certainty: 'inferred',
    reason: `What was lost fits a capture near the ${NAMES[side]}: its own records are here, also those that came to nothing, and records of the other side are missing.`,
  };
}

/** Something was lost that no receiver on the same host drops. */
function showsLoss(effect: Effect): boolean {
  if (effect.kind === 'missed') return effect.firm;
  return effect.kind === 'missed-in-part' || (effect.kind === 'unaccepted' && !effect.sealed);
}

function byAddresses({ state }: AnalysedAssociation, given: ReadonlyMap<string, Reach>): VantageView | null {
  const [client, server] = state.endpoints.map((e) => e.address);
  if (client === undefined || server === undefined) return null;
  const together = reachOf(client, given) === 'host' && reachOf(server, given) === 'host';
  if (!together && (client !== server || client === UNTOLD)) return null;
  const where = together ? `the loopback addresses of one host` : `one address, ${client}`;
  return {
    position: 'both',
    certainty: 'near-certain',
    reason: `Both endpoints have ${where}, so all they sent is here.`,
  };
}

/** Who is near answers at once; the answer of the other side has to come and go. */
function byAnswers(trace: AnalysedTrace, association: AnalysedAssociation): VantageView | null {
  const [clientWaits, serverWaits] = surroundingsOf(trace, association).trips;
  if (clientWaits === null || serverWaits === null) return null;
  const [short, long] = [Math.min(clientWaits, serverWaits), Math.max(clientWaits, serverWaits)];
  if (long < FAR_MS || long < FAR_RATIO * short) return null;
  const near: Side = clientWaits > serverWaits ? 0 : 1;
  const [own, other] = [NAMES[near], NAMES[near === 0 ? 1 : 0]];
  return {
    position: own,
    certainty: 'inferred',
    reason: `The ${own} answers within ${short.toFixed(1)} ms, the ${other} takes at least ${long.toFixed(0)} ms: the path to it lies in between.`,
  };
}
