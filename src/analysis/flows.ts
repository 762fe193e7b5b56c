/** On which flow a datagram came, and which end of it sent it: by its addresses, or by the route of plain ones. */
import type { Datagram, Route } from '../capture/datagram.ts';
import { CONTENT_TYPE, decodeRecord } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { type Flow, senderOf, sideOf } from './flow.ts';
import { name } from './path-changes.ts';

/** With the name of the flow where it is a new one. */
export interface Sent {
  readonly flow: Flow;
  readonly end: 0 | 1;
  readonly key: string | null;
}

/** Only those with DTLS are kept. */
export class Flows {
  readonly #byName = new Map<string, Flow>();
  /** By index of a route. */
  readonly #byRoute: (Sent | undefined)[] = [];

  /** Undefined where no DTLS came on this route yet. */
  onRoute({ index }: Route): Sent | undefined {
    return this.#byRoute[index];
  }

  of({ source, destination, tag }: Datagram): Sent {
    const [from, to] = [name(source), name(destination)];
    const end = from < to ? 0 : 1;
    const key = `${end === 0 ? `${from} ${to}` : `${to} ${from}`} ${tag}`;
    const known = this.#byName.get(key);
    if (known) return { flow: known, end, key: null };
    const endpoints = end === 0 ? ([source, destination] as const) : ([destination, source] as const);
    return { flow: { endpoints, members: [], lastPlaintext: [null, null], lastEnd: 0 }, end, key };
  }

  keep({ flow, end, key }: Sent, route: Route | null): void {
    if (key !== null) this.#byName.set(key, flow);
    if (route) this.#byRoute[route.index] ??= { flow, end, key: null };
  }

  /** Call once, after the last datagram. */
  forget(): void {
    this.#byName.clear();
    this.#byRoute.length = 0;
  }
}

/** Who sent a datagram without addresses: what its first message says, or whose keys open it; else who sent before. */
export function undirectedEnd(flow: Flow, payload: Uint8Array): 0 | 1 {
  const record = decodeRecord(new ByteReader('packet', payload), 0);
  if (record.form === 'unrecognised') return flow.lastEnd;
  if (record.form === 'plaintext' && record.epoch === 0 && record.contentType === CONTENT_TYPE.handshake) {
    const sender = senderOf(record);
    // The first end of such a flow is the client's.
    return sender === null ? flow.lastEnd : sender === 'client' ? 0 : 1;
  }
  if (record.form === 'plaintext' && record.epoch === 0) return flow.lastEnd;
  const ends = [0, 1] as const;
  return ends.find((end) => flow.members.some((m) => m.association.opens(sideOf(m, end), record))) ?? flow.lastEnd;
}
