import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram, ipPacket, pcapOfPackets } from '../../../../test/edited-capture.ts';
import { packet4 } from '../../../capture/around.test.helper.ts';
import { concat } from '../../../wire/text.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const RULE = 'ip-fragments-lost';
const NEVER = 'openssl-mtu-blackhole-500.server.pcap';

test('only the capture lacks a fragment: a note', async () => {
  const { finding, headline } = await diagnose('ipfrag-v4-one-missing-dtls12.pcap');
  expect(finding(RULE)).toMatchObject({
    severity: 'note',
    certainty: 'inferred',
    title: 'IP fragments of 1 datagram of the server are missing',
  });
  expect(finding(RULE)?.explanation).toContain('928 of 1480 bytes');
  expect(finding(RULE)?.explanation).toContain('only this capture does not');
  expect(headline?.severity).not.toBe('failure');
});

test('a capture filter on ports loses all later fragments', async () => {
  const { finding } = await diagnose('turn-udp-firefox-filterlosesfragment.answerer.pcap');
  expect(finding(RULE)?.severity).toBe('note');
  expect(finding(RULE)?.explanation).toContain('capture filter on ports');
});

test('6LoWPAN fragments', async () => {
  const { finding } = await diagnose('sixlowpan-fragment-missing-dtls12.pcap');
  expect(finding(RULE)?.title).toBe('6LoWPAN fragments of 1 datagram of the server are missing');
});

test('at the client: only the first fragment of flight 4 comes, time and again', async () => {
  const { headline, finding } = await firstFragmentsOnly(await datagramsOf(NEVER));
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'inferred' });
  expect(headline?.title).toBe('IP fragments of 6 datagrams of the server are missing');
  expect(finding(RULE)?.explanation).not.toContain('capture filter');
});

test('the receiver says by ICMP that it waited in vain', async () => {
  const datagrams = await datagramsOf(NEVER);
  const { headline } = await firstFragmentsOnly(datagrams, { timeExceeded: true });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'seen' });
});

test('near miss: all fragments come', async () => {
  for (const file of ['link-ipfrag.pcap', 'ipfrag-v4-reversed-interleaved-dtls12.pcap', 'ipfrag-v6-jumbo-dtls12.pcap'])
    expect((await diagnose(file)).rules).not.toContain(RULE);
});

test('near miss: fragments between the same hosts, but on other ports', async () => {
  const clean = await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const other = clean[3];
  if (!other) throw new Error('no flight 4');
  const packets = clean.map((d, i) => ({ timeMs: d.timeMs, bytes: ipPacket(d, i) }));
  const strange = {
    ...other,
    source: { ...other.source, port: 53 },
    destination: { ...other.destination, port: 5353 },
  };
  const { rules } = await diagnoseSources([
    pcapOfPackets([...packets, { timeMs: 50, bytes: firstFragment(ipPacket(strange, 99)) }]),
  ]);
  expect(rules).not.toContain(RULE);
});

const FIRST_BYTES = 400;
const MORE_FRAGMENTS = 0x20;

/** Datagrams of more than 500 bytes arrive as their first IP fragment alone, and small ones of their flight not at all. */
function firstFragmentsOnly(datagrams: readonly EditedDatagram[], how: { readonly timeExceeded?: boolean } = {}) {
  const server = datagrams[1]?.source.port;
  const packets = datagrams.flatMap((d, i) => {
    const whole = { timeMs: d.timeMs, bytes: ipPacket(d, i) };
    if (d.source.port !== server || i === 1) return [whole];
    if (d.payload.length < 500) return [];
    const fragment = firstFragment(whole.bytes);
    const error = { timeMs: d.timeMs + 900, bytes: timeExceeded(fragment) };
    return [{ ...whole, bytes: fragment }, ...(how.timeExceeded ? [error] : [])];
  });
  return diagnoseSources([pcapOfPackets(packets.toSorted((a, b) => a.timeMs - b.timeMs))]);
}

function firstFragment(packet: Uint8Array): Uint8Array {
  const fragment = packet.slice(0, 20 + FIRST_BYTES);
  new DataView(fragment.buffer).setUint16(2, fragment.length);
  fragment[6] = MORE_FRAGMENTS;
  return fragment;
}

/** RFC 792: fragment reassembly time exceeded. */
function timeExceeded(fragment: Uint8Array): Uint8Array {
  const [from, to] = [fragment.subarray(16, 20), fragment.subarray(12, 16)];
  return packet4(from, to, 1, concat(Uint8Array.of(11, 1, 0, 0, 0, 0, 0, 0), fragment.subarray(0, 48)));
}
