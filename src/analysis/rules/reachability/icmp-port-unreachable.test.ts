import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram, ipPacket, pcapOfPackets } from '../../../../test/edited-capture.ts';
import { packet4 } from '../../../capture/around.test.helper.ts';
import { concat } from '../../../wire/text.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const SILENT = 'openssl-fail-server-silent.pcap';
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const PORT_UNREACHABLE = 3;
const PROHIBITED = 13;

test('a closed port: ICMP answers every ClientHello', async () => {
  const { headline, finding } = await diagnose('openssl-closed-port.pcap');
  expect(headline).toMatchObject({
    rule: 'icmp-port-unreachable',
    severity: 'failure',
    certainty: 'seen',
    title: 'Nobody listens on 127.0.0.1:24016: 127.0.0.1 says ICMP port unreachable',
  });
  expect(headline?.explanation).toContain('came back 3 times');
  expect(headline?.evidence.map((e) => [e.packet, e.record])).toEqual([
    [1, 1],
    [2, null],
    [6, null],
  ]);
  expect(finding('no-answer-to-clienthello')?.consequenceOf).toBe('icmp-port-unreachable');
});

test('a server that went away after the handshake', async () => {
  const { headline } = await diagnose('openssl-assoc-server-gone.pcap');
  expect(headline?.title).toBe('The server at 127.0.0.1:24012 is gone: 127.0.0.1 says ICMP port unreachable');
  // The third message quotes the close of the client: that nobody was there for it proves nothing.
  expect(headline?.explanation).toContain('came back twice');
});

test('without keys the content type tells that the records were data', async () => {
  const { headline } = await diagnose('openssl-assoc-server-gone.pcap', { withoutKeys: true });
  expect(headline?.rule).toBe('icmp-port-unreachable');
});

test('a firewall that refuses is called one', async () => {
  const sent = await datagramsOf(SILENT);
  const { headline } = await withErrors(sent, [0, 1], PROHIBITED, '192.0.2.254');
  expect(headline?.title).toBe(
    'Datagrams to 127.0.0.1:21240 are not delivered: 192.0.2.254 says ICMP administratively prohibited',
  );
  expect(headline?.advice).toContain('firewall');
});

test('a server that comes up while the client repeats its hello: a warning', async () => {
  const [first, ...rest] = await datagramsOf(CLEAN);
  if (!first) throw new Error('the capture is empty');
  const late = [first, { ...first, timeMs: 1000 }, ...rest.map((d) => ({ ...d, timeMs: d.timeMs + 1000 }))];
  const { finding } = await withErrors(late, [0], PORT_UNREACHABLE, '127.0.0.1');
  expect(finding('icmp-port-unreachable')).toMatchObject({ severity: 'warning' });
});

test('the host of the client refuses the answers, and the client goes on asking', async () => {
  const datagrams = await datagramsOf('pion12-server-silent-flight.server.pcap');
  const answers = datagrams.flatMap((d, i) => (d.source.port === 24_320 ? [i] : []));
  const { headline } = await withErrors(datagrams, answers, PORT_UNREACHABLE, '127.0.0.1');
  expect(headline?.title).toBe(
    'The answers of the server do not get in at 127.0.0.1:48051: 127.0.0.1 says ICMP port unreachable',
  );
  expect(headline?.explanation).toContain('came back 3 times');
});

test('near miss: what the client sends after the close may find nobody', async () => {
  const clean = await datagramsOf(CLEAN);
  const { rules } = await withErrors(clean, [clean.length - 1], PORT_UNREACHABLE, '127.0.0.1');
  expect(rules).not.toContain('icmp-port-unreachable');
});

test('near miss: browsers close, without keys not even visibly, and then the port is gone', async () => {
  for (const withoutKeys of [true, false]) {
    const { rules } = await diagnose('rtc-new-association-same-ports-firefox.offerer.pcap', { withoutKeys });
    expect(rules).not.toContain('icmp-port-unreachable');
  }
});

test('near miss: a server that goes on answering was there', async () => {
  const clean = await datagramsOf(CLEAN);
  const { rules } = await withErrors(clean, [2], PORT_UNREACHABLE, '127.0.0.1');
  expect(rules).not.toContain('icmp-port-unreachable');
});

/** The capture with an ICMP error (type 3) right after each of the datagrams that are named by their place. */
function withErrors(datagrams: readonly EditedDatagram[], after: readonly number[], code: number, from: string) {
  const packets = datagrams.flatMap((d, i) => {
    const bytes = ipPacket(d, i);
    const refused = { timeMs: d.timeMs + 0.05, bytes: unreachable(bytes, code, from, d.source.address) };
    return after.includes(i) ? [{ timeMs: d.timeMs, bytes }, refused] : [{ timeMs: d.timeMs, bytes }];
  });
  return diagnoseSources([pcapOfPackets(packets)]);
}

/** Quotes the IP header and 36 bytes: the UDP header, the record header and some of the record. */
function unreachable(packet: Uint8Array, code: number, from: string, to: string): Uint8Array {
  const body = concat(Uint8Array.of(3, code, 0, 0, 0, 0, 0, 0), packet.subarray(0, 56));
  return packet4(Uint8Array.from(from.split('.'), Number), Uint8Array.from(to.split('.'), Number), 1, body);
}
