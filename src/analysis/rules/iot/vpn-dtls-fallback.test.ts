import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram, ipPacket, pcapOfPackets } from '../../../../test/edited-capture.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';
import { toPort } from './moved.test.helper.ts';

const SILENT = 'openssl-fail-server-silent.pcap';
const HTTPS_PORT = 443;
const [SYN, ACK] = [0x02, 0x10];
const [UDP_AT, TCP] = [9, 6];

/** A TCP segment without data between the two, made from a UDP packet with a body of the right length. */
function segment(like: EditedDatagram, port: number, fromServer: boolean, flags: number, timeMs: number) {
  const [client, server] = [
    { ...like.source, port: 50_443 },
    { ...like.destination, port },
  ];
  const tcp = new Uint8Array(12);
  const bytes = ipPacket(
    { ...like, source: fromServer ? server : client, destination: fromServer ? client : server, payload: tcp },
    7,
  );
  const view = new DataView(bytes.buffer);
  view.setUint8(UDP_AT, TCP);
  // Source and destination port are where UDP has them; then numbers, the header's length, flags.
  view.setUint32(24, 1000);
  view.setUint8(32, 5 << 4);
  view.setUint8(33, flags);
  view.setUint16(34, 65_535);
  let sum = 0;
  view.setUint16(10, 0);
  for (let i = 0; i < 20; i += 2) sum += view.getUint16(i);
  view.setUint16(10, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
  return { timeMs, bytes };
}

async function withTcp(udpPort: number, tcpPort: number, alive: boolean) {
  const datagrams = toPort(await datagramsOf(SILENT), udpPort);
  const [first] = datagrams;
  const last = datagrams.at(-1);
  if (!first || !last) throw new Error('empty');
  const segments = [
    segment(first, tcpPort, false, SYN, 0),
    ...(alive
      ? [
          segment(first, tcpPort, true, SYN | ACK, 1),
          segment(first, tcpPort, false, ACK, 2),
          segment(first, tcpPort, true, ACK, last.timeMs),
        ]
      : []),
  ];
  const packets = [...segments, ...datagrams.map((d, i) => ({ timeMs: d.timeMs + 10, bytes: ipPacket(d, i) }))];
  return diagnoseSources([pcapOfPackets(packets.toSorted((x, y) => x.timeMs - y.timeMs))]);
}

test('TCP port 443 answers, UDP port 443 does not', async () => {
  const { headline, finding } = await withTcp(HTTPS_PORT, HTTPS_PORT, true);
  expect(headline).toMatchObject({ rule: 'vpn-dtls-fallback', severity: 'failure', certainty: 'near-certain' });
  expect(finding('no-answer-to-clienthello')?.consequenceOf).toBe('vpn-dtls-fallback');
});

test('near miss: TCP has no answer either', async () => {
  const { rules } = await withTcp(HTTPS_PORT, HTTPS_PORT, false);
  expect(rules).not.toContain('vpn-dtls-fallback');
  expect(rules).toContain('no-answer-to-clienthello');
});

test('near miss: the host is alive on another port', async () => {
  expect((await withTcp(HTTPS_PORT, 22, true)).rules).not.toContain('vpn-dtls-fallback');
});

test('near miss: no TCP in the capture', async () => {
  const { rules } = await diagnose(SILENT, { edit: (d) => toPort(d, HTTPS_PORT) });
  expect(rules).not.toContain('vpn-dtls-fallback');
});
