/** Records under other numbers and at other times: what a sender would have sent again, later, or under other keys. */
import type { EditedDatagram } from '../../../test/edited-capture.ts';
import { concat } from '../../wire/text.ts';
import { bytes, number, recordsOf } from './edit-messages.test.helper.ts';

export interface Numbers {
  readonly epoch: number;
  readonly sequenceNumber: number;
}

/** Gives the records of a datagram of DTLS 1.2 other numbers. Protected ones do not open any more. */
export function renumbered(d: EditedDatagram, how: (numbers: Numbers) => Partial<Numbers>): EditedDatagram {
  const payload = concat(
    ...recordsOf(d.payload).map((record) => {
      const old = { epoch: number(record, 3, 2), sequenceNumber: number(record, 5, 6) };
      const { epoch, sequenceNumber } = { ...old, ...how(old) };
      return concat(
        record.subarray(0, 3),
        Uint8Array.of(...bytes(epoch, 2), ...bytes(sequenceNumber, 6)),
        record.subarray(11),
      );
    }),
  );
  return { ...d, payload };
}

/** Sent again later, with record numbers that go on. */
export const again = (d: EditedDatagram, laterMs: number, step = 1): EditedDatagram =>
  renumbered({ ...d, timeMs: d.timeMs + laterMs }, ({ sequenceNumber }) => ({ sequenceNumber: sequenceNumber + step }));

/** The other way round. */
export const turned = (d: EditedDatagram): EditedDatagram => ({
  ...d,
  source: d.destination,
  destination: d.source,
});

/** A datagram between others, so that the capture goes on until then: a ClientHello alone proves nothing. */
export function goesOnUntil(like: EditedDatagram, timeMs: number): EditedDatagram {
  const elsewhere = { address: '192.0.2.1', port: 40_000 };
  return { ...like, timeMs, source: elsewhere, destination: { address: '192.0.2.2', port: 4433 } };
}

/** The datagram at a place; fails the test where there is none. */
export function at(datagrams: readonly EditedDatagram[], index: number): EditedDatagram {
  const d = datagrams.at(index);
  if (!d) throw new Error(`no datagram ${index}`);
  return d;
}

/** The n-th datagram (from 0) that holds what is asked for. */
export function nth(datagrams: readonly EditedDatagram[], test: (d: EditedDatagram) => boolean, n = 0): EditedDatagram {
  const d = datagrams.filter(test)[n];
  if (!d) throw new Error(`no such datagram number ${n}`);
  return d;
}
