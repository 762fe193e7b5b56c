import { expect, test } from 'vitest';
import { type EditedDatagram, renumbered } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'refragmented-retransmission-not-reassembled';
/** All four transmissions of flight 4 are here; the first and the last cut the Certificate at different places. */
const RUN = 'openssl-mtu-blackhole-1200.server.pcap';

test('two transmissions together bring every byte, and the client still asks', async () => {
  const { headline, finding } = await diagnose(RUN, { edit: (d) => stillAsking(inParts(d)) });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure' });
  expect(headline?.title).toBe(
    "The client never puts the server's Certificate together from fragments cut at different places",
  );
  expect(headline?.explanation).toContain('Certificate has 4111 bytes');
  expect(headline?.explanation).toContain('asked 3 times more');
  expect(finding('partial-flight-held-up')?.consequenceOf).toBe(RULE);
});

test('near miss: one transmission is whole by itself', async () => {
  const { rules } = await diagnose(RUN, { edit: (d) => stillAsking(inParts(d, [FIRST_LOSS])) });
  expect(rules).not.toContain(RULE);
});

test('near miss: some bytes are missing in both', async () => {
  const { rules } = await diagnose(RUN, { edit: (d) => stillAsking(inParts(d, [FIRST_LOSS, SECOND_LOSS, OVERLAP])) });
  expect(rules).not.toContain(RULE);
});

test('near miss: the client puts them together', async () => {
  for (const point of ['client', 'server'])
    expect((await diagnose(`openssl-loss-cert-differs-on-retransmit.${point}.pcap`)).rules).not.toContain(RULE);
  expect((await diagnose('A4_frag_refragmented_retransmit.pcap')).rules).not.toContain(RULE);
  expect((await diagnose(RUN, { edit: inParts })).rules).not.toContain(RULE);
});

/** Datagrams, from 0: Certificate bytes 1361 to 2807 of the first transmission, 3661 to 4110 of the last. */
const FIRST_LOSS = 4;
const SECOND_LOSS = 30;
/** Bytes 1569 to 2091 in the last. */
const OVERLAP = 26;
/** The transmissions in between. */
const DROPPED = { from: 8, to: 20 };

function inParts(d: readonly EditedDatagram[], lost: readonly number[] = [FIRST_LOSS, SECOND_LOSS]): EditedDatagram[] {
  return d.filter((_, i) => !lost.includes(i) && (i < DROPPED.from || i > DROPPED.to));
}

/** Datagrams from flight 5 to the end. */
const FROM_FLIGHT_5 = 7;

/** In place of flight 5 the client sends its ClientHello again and again. */
function stillAsking(d: readonly EditedDatagram[]): EditedDatagram[] {
  const hello = d[2];
  if (!hello) throw new Error('no second ClientHello');
  return [
    ...d.slice(0, -FROM_FLIGHT_5),
    ...[9000, 13_000, 21_000].map((ms, i) => ({ ...renumbered(hello, 4 + i), timeMs: ms })),
  ];
}
