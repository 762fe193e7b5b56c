import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import type { TraceSummary } from '../analysis/trace.ts';
import { cutPacketsText, noDtlsText, problemText } from './no-dtls.ts';

function trace(packets: number, udpDatagrams: number, udp: TraceSummary['other']['udp'], cutPackets = 0): TraceSummary {
  return { captures: [{ packets, udpDatagrams }], other: { udp, cutPackets } } as unknown as TraceSummary;
}

test.each([
  [trace(0, 0, []), 'The file holds no packets.'],
  [trace(7, 0, []), '7 packets, and none of them is a UDP datagram.'],
  [
    trace(18_204, 912, [
      { kind: 'other', datagrams: 876 },
      { kind: 'stun', datagrams: 36 },
    ]),
    '18\u202f204 packets, 912 UDP datagrams, and none of them is a DTLS record. The most frequent (876) look like QUIC, DNS or another protocol (first byte outside 20 to 63).',
  ],
  [
    trace(3, 3, [{ kind: 'rtp', datagrams: 3 }]),
    '3 packets, 3 UDP datagrams, and none of them is a DTLS record. They look like RTP (first byte 128 to 191).',
  ],
])('%#: what is there instead', (summary, text) => {
  expect(noDtlsText(summary)).toBe(text);
});

test('packets that were cut are counted, and whole ones are not mentioned', async () => {
  expect(cutPacketsText(trace(25, 25, [], 17))).toMatch(/^17 of 25 packets were cut by the capture \(snaplen\)/);
  expect(cutPacketsText((await openSession('gnutls-nocookie.pcap')).trace())).toBeNull();
});

test('a file that ends too early says where', () => {
  const [message, offset] = ['The file ends inside packet 2924.', 499_871];
  expect(problemText({ packet: 2924, offset, message })).toBe(
    'The file ends inside packet 2924 (offset 499\u202f871). Everything before it is shown.',
  );
  expect(problemText({ packet: 1, offset: 24, message: 'Packet 1 is odd.' })).toBe('Packet 1 is odd.');
});

test('the datagrams of a real capture are counted by kind', async () => {
  const { other, captures } = (await openSession('gnutls-nocookie.pcap')).trace();
  expect(other.udp).toEqual([{ kind: 'dtls', datagrams: captures[0]?.udpDatagrams }]);
});
