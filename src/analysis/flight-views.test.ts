/** Fragment maps and packing of transmissions, against what stacks do when they repeat a flight (TIMERS of real stacks). */
import { expect, test } from 'vitest';
import { KNOWN, known } from '../../test/captures.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail } from './trace.ts';

async function detail(file: string): Promise<AssociationDetail> {
  const session = await openSession(file);
  const { keys } = known(file);
  if (keys) addKeys(session, keys);
  const [first] = detailsOf(session);
  if (!first) throw new Error('no association');
  return first;
}

const flight = ({ association }: AssociationDetail, number: number) =>
  association.handshakes[0]?.flights.find((f) => f.number === number)?.transmissions ?? [];

test('OpenSSL sends a flight in one datagram, and repeats it with one message in each', async () => {
  const packing = flight(await detail('openssl-loss-flight4.server.pcap'), 4).map((t) => t.packing);
  expect(packing).toEqual([[4], [1, 1, 1, 1]]);
});

test('a Certificate whose repeat is cut at other bytes: each byte of each transmission has its record', async () => {
  const { messages } = await detail('openssl-loss-cert-differs-on-retransmit.server.pcap');
  const certificates = messages.filter((m) => m.name === 'Certificate');
  expect(certificates.length).toBeGreaterThan(1);
  const cuts = certificates.map((m) => m.ranges.map((r) => r.from).join(' '));
  expect(new Set(cuts).size).toBeGreaterThan(1);
});

test('what an ACK leaves to repeat: the ranges of the second transmission are a part of the first', async () => {
  const { messages } = await detail('wolfssl13-lost-middle-fragment-mtu300-moreacks.server.pcap');
  const [first, second] = messages.filter((m) => m.name === 'Certificate' && m.sender === 'server');
  expect(first?.complete).toBe(true);
  expect(second?.complete).toBe(false);
  for (const range of second?.ranges ?? []) {
    const same = first?.ranges.some((r) => r.from === range.from && r.to === range.to && r.record !== range.record);
    expect(same).toBe(true);
  }
});

test.each(KNOWN.filter((c) => /frag|mtu|bigchain|refrag/.test(c.file) && !c.text).map((c) => [c.file] as const))(
  '%s: ranges are those of its records, and a complete transmission leaves no byte out',
  async (file) => {
    const { messages, records, association } = await detail(file);
    for (const { ranges, fragments, complete, length, records: of, messageSeq, name } of messages) {
      expect(ranges).toHaveLength(fragments);
      expect([...new Set(ranges.map((r) => r.record))]).toEqual(of);
      if (messageSeq === null) continue;
      let reached = 0;
      for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from))
        if (from <= reached) reached = Math.max(reached, to);
      expect(complete, name).toBe(reached >= length);
      for (const { record, from, to } of ranges) {
        const pieces = records.find((r) => r.record === record)?.contents.filter((c) => c.kind === 'handshake') ?? [];
        expect(
          pieces.some(
            (p) =>
              p.messageSeq === messageSeq && p.fragmentOffset === from && p.fragmentOffset + p.fragmentLength === to,
          ),
        ).toBe(true);
      }
    }
    for (const { transmissions } of association.handshakes.flatMap((h) => h.flights))
      for (const t of transmissions) expect(t.packing.reduce((n, p) => n + p, 0)).toBe(t.records.length);
  },
);

test('copies of a message that differ count as one message of the flight', async () => {
  const loop = await detail('hvr-loop-lb-recovers-openssl-dtls12.pcap');
  expect(loop.association.handshakes[0]?.flights[1]).toMatchObject({ messages: ['HelloVerifyRequest'] });
  expect(flight(loop, 2).map((t) => t.complete)).toEqual([true, true]);
});

test('a record that was damaged on the way is in its transmission, but is no message', async () => {
  const damaged = await detail('wolfssl13-corrupt-certificate.client.pcap');
  const [server] = damaged.association.handshakes[0]?.flights.filter((f) => f.number === 2) ?? [];
  expect(server?.messages).toEqual([
    'ServerHello',
    'EncryptedExtensions',
    'Certificate',
    'CertificateVerify',
    'Finished',
  ]);
  expect(server?.transmissions.map((t) => [t.records.length, t.complete])).toEqual([
    [5, false],
    [5, true],
  ]);
});
