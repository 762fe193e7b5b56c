/** Captures of the collection on other ports, and longer than they were. */
import type { EditedDatagram } from '../../../../test/edited-capture.ts';

/** To another port of the server. */
export function toPort(datagrams: readonly EditedDatagram[], port: number): EditedDatagram[] {
  const server = datagrams[0]?.destination;
  const moved = (e: EditedDatagram['source']) =>
    e.port === server?.port && e.address === server.address ? { ...e, port } : e;
  return datagrams.map((d) => ({ ...d, source: moved(d.source), destination: moved(d.destination) }));
}

const APPLICATION_DATA = 23;

export const isData = (d: EditedDatagram): boolean => d.payload[0] === APPLICATION_DATA;

/** The same record under another number and at another time: it opens with no key. */
export function numbered(like: EditedDatagram, number: number, timeMs: number): EditedDatagram {
  const payload = like.payload.slice();
  new DataView(payload.buffer).setUint32(7, number);
  return { ...like, payload, timeMs };
}

/** Up to the first data of both sides; then, after a pause, data of the client, answered or not. */
export function withPause(datagrams: readonly EditedDatagram[], pauseMs: number, answered = false): EditedDatagram[] {
  const client = datagrams[0]?.source.port;
  const asked = datagrams.find((d) => isData(d) && d.source.port === client);
  const answer = datagrams.findLast((d) => isData(d) && d.source.port !== client);
  if (!asked || !answer) return [];
  const until = datagrams.filter((d) => d.timeMs <= answer.timeMs);
  const after = [0, 2000, 6000].flatMap((ms, i) => {
    const timeMs = answer.timeMs + pauseMs + ms;
    const request = numbered(asked, 50 + i, timeMs);
    return answered ? [request, numbered(answer, 50 + i, timeMs + 10)] : [request];
  });
  const end = { ...asked, payload: new Uint8Array(8), timeMs: (after.at(-1)?.timeMs ?? 0) + 5000 };
  return [
    ...until,
    ...after,
    { ...end, source: { ...end.source, port: 9 }, destination: { ...end.destination, port: 9 } },
  ];
}
