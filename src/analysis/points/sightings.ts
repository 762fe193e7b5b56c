/** The datagrams of one capture as they are compared: by flow, by direction and by what they hold. */
import type { CaptureFacts, Datagram, Endpoint } from '../../capture/datagram.ts';
import { inferCidLength } from '../../dtls/connection-id.ts';
import { isDistinctive, isSurelyDtls, payloadKey } from './identity.ts';

/** One datagram, seen in one capture. */
export interface Seen {
  readonly datagram: Datagram;
  /** Its place among the datagrams of all captures. */
  readonly index: number;
  readonly flow: SeenFlow;
  /** The end of the flow that sent it. */
  readonly end: End;
  /** Equal for equal payloads. */
  readonly key: number;
  /** An equal one elsewhere can only be the same one. */
  readonly distinctive: boolean;
}

export type End = 0 | 1;

/** What one pair of addresses exchanged in one capture, or at one point. */
export interface SeenFlow {
  readonly key: string;
  /** In an order that has nothing to do with roles. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  readonly tag: string;
  readonly seen: Seen[];
  isDtls: boolean;
}

export interface SeenCapture {
  readonly capture: number;
  readonly facts: CaptureFacts;
  readonly flows: ReadonlyMap<string, SeenFlow>;
}

export const endpointName = ({ address, port }: Endpoint): string => `${address}:${port}`;

/** @param firstIndex the place of its first datagram among those of all captures. */
export function seenCapture(
  capture: number,
  facts: CaptureFacts,
  datagrams: readonly Datagram[],
  firstIndex: number,
  comparedLength: number,
  ports: ReadonlySet<number>,
): SeenCapture {
  const flows = new Map<string, SeenFlow>();
  for (const [i, datagram] of datagrams.entries()) {
    const { source, destination, tag, directed, payload } = datagram;
    // Without addresses there is no telling who sent it, and no second capture either.
    if (!directed || payload.length === 0) continue;
    const [from, to] = [endpointName(source), endpointName(destination)];
    const end: End = from < to ? 0 : 1;
    const key = `${end === 0 ? `${from} ${to}` : `${to} ${from}`} ${tag}`;
    let flow = flows.get(key);
    if (!flow) {
      flow = {
        key,
        endpoints: end === 0 ? [source, destination] : [destination, source],
        tag,
        seen: [],
        isDtls: false,
      };
      flows.set(key, flow);
    }
    flow.isDtls ||=
      ports.has(source.port) || ports.has(destination.port) || isSurelyDtls(datagram) || isOftenDtls(flow);
    flow.seen.push({
      datagram,
      index: firstIndex + i,
      flow,
      end,
      key: payloadKey(datagram, comparedLength),
      distinctive: isDistinctive(payload),
    });
  }
  return { capture, facts, flows };
}

/** Records with a connection ID of some length: one may be chance, several of the first few are none. */
const OFTEN = 3;

function isOftenDtls({ seen }: SeenFlow): boolean {
  return seen.length === OFTEN && seen.every(({ datagram }) => inferCidLength(datagram.payload) > 0);
}

/** Flows of several captures that were taken at one point, one after the other. */
export function joinFlows(captures: readonly SeenCapture[]): ReadonlyMap<string, SeenFlow> {
  const [only, ...others] = captures;
  if (only && others.length === 0) return only.flows;
  const joined = new Map<string, SeenFlow>();
  for (const { flows } of captures) {
    for (const [key, flow] of flows) {
      let whole = joined.get(key);
      if (!whole) {
        whole = { ...flow, seen: [], isDtls: false };
        joined.set(key, whole);
      }
      whole.isDtls ||= flow.isDtls;
      for (const seen of flow.seen) whole.seen.push({ ...seen, flow: whole });
    }
  }
  return joined;
}

/** In order of the capture's clock; equal times keep the order of the file. */
export function inOrder(seen: readonly Seen[]): readonly Seen[] {
  const sorted = seen.every((s, i) => i === 0 || (seen[i - 1]?.datagram.timeNs ?? 0n) <= s.datagram.timeNs);
  return sorted ? seen : seen.toSorted((a, b) => compare(a.datagram.timeNs, b.datagram.timeNs));
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
