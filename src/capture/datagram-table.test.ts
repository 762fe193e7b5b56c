import { describe, expect, test } from 'vitest';
import { sample, sourceOf } from './capture.test.helper.ts';
import { BytesGone, type Datagram } from './datagram.ts';
import { inTime, ListedDatagrams } from './datagram-list.ts';
import { DatagramTable } from './datagram-table.ts';
import { firstByteKind } from './demultiplex.ts';
import { keepDatagram, readCapture } from './open.ts';

/** Straight in UDP, in tunnels, inside other datagrams, and cut by the snaplen. */
const IN_COLUMNS = [
  'openssl-bigchain-mtu512.pcap',
  'gtpu-ext-pdu-session-dtls13.pcap',
  'ipip-twice-gre-vxlan.pcap',
  'turn-udp-firefox-chromium.answerer.pcap',
  'capwap-control-and-data-dtls12.pcap',
  'socks5-udp-dtls12.pcap',
  'link-cut.pcap',
];
/** And inside TURN channels in TCP; joined of fragments; out of 6LoWPAN. */
const FILES = [
  ...IN_COLUMNS,
  'turn-tcp-firefox.answerer.pcap',
  'ipfrag-v4-jumbo-dtls12.pcap',
  'sixlowpan-tap-dtls12.pcap',
];

interface Both {
  readonly objects: readonly Datagram[];
  readonly table: DatagramTable;
}

async function both(bytes: Uint8Array, keptBytes?: number): Promise<Both> {
  const objects: Datagram[] = [];
  const source = sourceOf(bytes);
  await readCapture(source, 0, { datagram: (d) => objects.push(keepDatagram(d)), keyLog: () => {} });
  const readAt = (offset: number, length: number) => bytes.slice(offset, offset + length);
  const table = new DatagramTable(0, keptBytes === undefined ? source : { ...source, readAt }, keptBytes);
  await readCapture(source, 0, {
    plain: (d) => table.addPlain(d),
    datagram: (d) => table.add(keepDatagram(d)),
    keyLog: () => {},
  });
  return { objects: objects.filter(({ payload }) => payload.length > 0), table };
}

describe.each(FILES)('%s as columns', (file) => {
  test.each([
    ['kept', undefined],
    ['read from the file again', 0],
  ])('holds what the objects hold, its bytes %s', async (_, keptBytes) => {
    const { objects, table } = await both(sample(file), keptBytes);
    const kept = [...table].filter(({ payload }) => payload.length > 0);
    expect(kept).toEqual(objects);
    for (const [i, datagram] of [...table].entries()) {
      expect(table.packet(i)).toBe(datagram.packet);
      expect(table.payload(i)).toEqual(datagram.payload);
      expect(table.wireLength(i)).toBe(datagram.payload.length + datagram.missing);
      expect(table.timeMs(i, 0n)).toBeCloseTo(Number(datagram.timeNs) / 1e6, 0);
      expect(table.missing(i)).toBe(datagram.missing);
      expect(table.hops(i)).toBe(datagram.carriers.length === 0 ? (datagram.ip?.ttl ?? null) : null);
    }
  });
});

test.each(IN_COLUMNS)('no datagram of %s that may be DTLS is an object', async (file) => {
  const { objects, table } = await both(sample(file));
  expect([...table.wholes()].filter(({ payload }) => firstByteKind(payload[0] ?? 0) === 'dtls')).toEqual([]);
  expect(table.hasCarriers).toBe(objects.some(({ carriers }) => carriers.length > 0));
  expect(table.hasCut).toBe(objects.some(({ missing }) => missing > 0));
  const first = objects.findIndex(({ payload }) => firstByteKind(payload[0] ?? 0) === 'dtls');
  const { source, destination, carriers, tag } = objects[first] ?? {};
  expect(table.plain(first)).toMatchObject({ source, destination, carriers, tag });
});

test('times are exact to the nanosecond', async () => {
  const { objects, table } = await both(sample('openssl-bigchain-mtu512.pcap'));
  const originNs = objects[0]?.timeNs ?? 0n;
  for (const [i, { timeNs }] of objects.entries())
    expect(table.timeMs(i, originNs)).toBe(Number(timeNs - originNs) / 1e6);
});

test('a file that has become shorter is told', async () => {
  let bytes = sample('openssl-bigchain-mtu512.pcap');
  const { table } = await both(bytes, 0);
  const gone = new DatagramTable(0, { name: 'a.pcap', readAt: (at, n) => bytes.slice(at, at + n) }, 0);
  await readCapture(sourceOf(bytes), 0, { plain: (d) => gone.addPlain(d), datagram: () => {}, keyLog: () => {} });
  bytes = bytes.slice(0, 100);
  expect(() => gone.at(table.length - 1).frame).toThrow(BytesGone);
});

describe('in order of time', () => {
  test('a list that is so already is left alone', async () => {
    const { table } = await both(sample('openssl-bigchain-mtu512.pcap'));
    expect(table.inOrderOfTime).toBe(true);
    expect(inTime(table)).toBe(table);
  });

  test('another one is seen through a permutation; equal times keep their order', async () => {
    const { objects } = await both(sample('openssl-bigchain-mtu512.pcap'));
    const shuffled = objects.map((d, i) => ({ ...d, timeNs: BigInt((i * 7) % 5) }));
    const ordered = inTime(new ListedDatagrams(shuffled));
    expect([...ordered]).toEqual(shuffled.toSorted((a, b) => Number(a.timeNs - b.timeNs)));
    expect(ordered.inOrderOfTime).toBe(true);
    expect(ordered.packet(0)).toBe(ordered.at(0).packet);
  });
});
