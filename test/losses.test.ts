/** Losses, fates, the capture point and marks, held against what the loss proxy and the endpoints wrote down. */
import { expect, test } from 'vitest';
import type { AssociationDetail } from '../src/analysis/trace.ts';
import { KNOWN, known } from './captures.ts';
import { type Judged, judge, judgeMarks, type Shown } from './loss-truth.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';
import { impairedRuns, type LegName, type Proxied, type Run, readRun } from './proxy-runs.ts';

const LEGS: readonly LegName[] = ['client', 'server'];
const runs = { open: [] as Run[], closed: [] as Run[] };
for (const captures of impairedRuns()) {
  runs.open.push(await readRun(captures, true));
  runs.closed.push(await readRun(captures, false));
}

function sumsOf(shown: readonly Shown[]): Record<string, [found: number, showable: number]> {
  const sums: Record<string, [number, number]> = {};
  for (const { action, found } of shown) {
    const [yes, all] = sums[action] ?? [0, 0];
    sums[action] = [yes + (found ? 1 : 0), all + 1];
  }
  return sums;
}

const judged = (all: readonly Run[]): Judged[] => all.flatMap((run) => LEGS.map((leg) => judge(run, leg)));
const marked = (all: readonly Run[]) => all.flatMap((run) => LEGS.flatMap((leg) => judgeMarks(run, leg).showable));

test('every datagram whose loss a leg can show is found there, with keys and without', () => {
  expect(sumsOf(judged(runs.open).flatMap((j) => j.showable))).toEqual({
    drop: [424, 424],
    'never arrived': [4, 4],
    corrupt: [2, 2],
    truncate: [1, 1],
  });
  expect(sumsOf(judged(runs.closed).flatMap((j) => j.showable))).toEqual({
    drop: [356, 356],
    'never arrived': [4, 4],
    corrupt: [1, 1],
    truncate: [1, 1],
  });
});

/** A datagram that came when its sender had sent it again, or out of order: at the sender's side that looks like a loss. */
const LATE = [
  'mbedtls-reordered.server',
  'openssl-delay-flight4-spurious.server',
  'openssl-reorder-c-ccs-finished.client',
  'openssl-reorder-s-ccs-finished.server',
  'wolfssl13-reordered-flight.server',
];

test('no loss contradicts the proxy, but where a datagram was late instead of lost', () => {
  const all = judged(runs.open).map((j) => ({ name: `${j.run}.${j.leg}`, wrong: j.wrong }));
  expect(all.flatMap(({ name, wrong }) => wrong.filter((w) => !w.late).map(({ what }) => `${name}: ${what}`))).toEqual(
    [],
  );
  const late = all.filter(({ wrong }) => wrong.some((w) => w.late)).map(({ name }) => name);
  expect(late.sort()).toEqual(['firefox-webrtc-reorder.server', ...LATE]);
});

test('without keys one more is wrong: a Finished that was damaged before the capture looks whole', () => {
  const all = judged(runs.closed).map((j) => ({ name: `${j.run}.${j.leg}`, wrong: j.wrong }));
  const wrong = all.filter((j) => j.wrong.some((w) => !w.late)).map(({ name }) => name);
  expect(wrong).toEqual(['openssl-corrupt-client-finished.server']);
  expect(all.filter((j) => j.wrong.some((w) => w.late)).map(({ name }) => name)).toEqual(LATE);
});

test('copies, late datagrams and damage are marked as what they are', () => {
  expect(sumsOf(marked(runs.open))).toEqual({
    dup: [57, 57],
    hold: [19, 19],
    explode: [3, 3],
    delay: [1, 1],
    corrupt: [3, 3],
    truncate: [2, 2],
  });
  const wrong = runs.open.flatMap((run) =>
    LEGS.flatMap((leg) => judgeMarks(run, leg).wrong.map((w) => `${run.name}.${leg} ${w}`)),
  );
  expect(wrong).toEqual([]);
});

test('no transmission counts as delivered of which nothing arrived as it was sent', () => {
  const wrong = runs.open.flatMap((run) =>
    LEGS.flatMap((leg) => {
      const gone = run.proxied.filter((p) => p.from === leg && ['drop', 'corrupt', 'truncate'].includes(p.action));
      const packets = new Set(gone.map((p) => p.sent?.packet));
      return run.legs[leg].details
        .flatMap((d) => d.association.handshakes.flatMap((h) => h.flights))
        .filter((f) => f.sender === leg)
        .flatMap((f) => f.transmissions.map((t) => ({ f, t })))
        .filter(({ t }) => t.fate.fate === 'delivered' && t.packets.every((p) => packets.has(p)))
        .map(({ f, t }) => `${run.name}.${leg} flight ${f.number}.${t.number}`);
    }),
  );
  // Altered hellos: their receiver took them as they came.
  expect(wrong).toEqual([
    'mbedtls-cookie-corrupted.server flight 2.1',
    'openssl-cookie-corrupt.client flight 3.1',
    'openssl-corrupt-clienthello-random.client flight 3.1',
  ]);
});

/** Captures without a proxy that lack something or in which something was lost all the same. */
const LACKING: Readonly<Record<string, string>> = {
  'link-missing-hvr-ch2.pcap': 'the recorder lost two packets',
  'sixlowpan-fragment-missing-clientflight-dtls12.pcap': 'a fragment of a datagram is missing',
  'nat-pair-loss-dtls12.inside.pcap': 'losses on the path',
  'nat-pair-loss-dtls12.outside.pcap': 'losses on the path',
  'nat-pair-webrtc-dtls13.inside.pcap': 'losses on the path',
  'nat-pair-webrtc-dtls13.outside.pcap': 'losses on the path',
  'hvr-loop-lb-recovers-mbedtls-dtls12.pcap': 'the load balancer sent a flight to another server',
  'hvr-loop-lb-recovers-openssl-dtls12.pcap': 'the load balancer sent a flight to another server',
  'A4_frag_refragmented_retransmit.pcap': 'a fragment was lost',
  'D2_ccs_lost.pcap': 'a ChangeCipherSpec is missing',
  'I_seq_gap.pcap': 'three records are missing',
  'rsa-lossy-retransmit.pcap': 'a flight was lost',
};

test('a capture in which nothing was lost has no losses, with keys and without', async () => {
  const lossy = new Set<string>();
  for (const { file, keys, actions } of KNOWN) {
    if (actions?.length) continue;
    for (const withKeys of keys ? [true, false] : [false]) {
      const session = await openSession(file);
      if (withKeys && keys) addKeys(session, keys);
      if (detailsOf(session).some((d) => d.losses.length > 0)) lossy.add(file);
    }
  }
  expect([...lossy].sort()).toEqual(Object.keys(LACKING).sort());
});

/** Runs in which a recorder missed packets that the proxy passed on, by what the other leg and the logs know. */
const OVERLOOKED = [
  'firefox-webrtc-reorder',
  'openssl-loss-cert-middle',
  'openssl-loss-flight5-ccsfin-only',
  'openssl-loss-serverhello-fragment',
  'openssl-rand20-seed1',
  'openssl-rand20-seed7',
];

test('two capture points prove each drop, one loss for each epoch of a datagram, and nothing else', async () => {
  const [missing, more]: [string[], Set<string>] = [[], new Set()];
  for (const run of runs.open) {
    const session = await openSession(run.legs.client.file, run.legs.server.file);
    const { keys } = known(run.legs.client.file);
    if (keys) addKeys(session, keys);
    const losses = detailsOf(session).flatMap((d) => d.losses);
    const between = losses.filter((l) => l.where === 'between');
    const found = between.map((l) => `${l.sender} ${l.epoch}: ${l.sequenceNumbers.join()}`);
    const dropped = run.proxied.filter((p) => p.action === 'drop' && p.sent).flatMap(perEpoch);
    missing.push(...dropped.filter((d) => !found.includes(d)).map((d) => `${run.name} ${d}`));
    if (found.length !== dropped.length + early(run) || losses.length > between.length) more.add(run.name);
  }
  expect(missing).toEqual([]);
  expect([...more]).toEqual(OVERLOOKED);
});

function perEpoch({ from, sent }: Proxied): string[] {
  const records = sent?.records ?? [];
  const epochs = [...new Set(records.map((r) => r.epoch))];
  return epochs.map((epoch) => {
    const numbers = records.filter((r) => r.epoch === epoch).flatMap((r) => r.sequenceNumber ?? []);
    return `${from} ${epoch}: ${numbers.sort((a, b) => a - b).join()}`;
  });
}

/** Sent before the proxy was up. */
const early = ({ name }: Run): number => (name === 'openssl-loss-blackhole-after-hs' ? 2 : 0);

test('what a leg shows of losses tells which leg it is', () => {
  const mistaken = runs.open.flatMap((run) =>
    LEGS.filter((leg) => run.legs[leg].details.some((d) => !['both', leg].includes(d.vantage.position))).map(
      (leg) => `${run.name}.${leg}`,
    ),
  );
  // The recorder of this leg missed packets of its own side.
  expect(mistaken).toEqual(['openssl-loss-cert-middle.server', 'openssl-rand20-seed1.server']);
});

test.each([
  ['nat-pair-loss-dtls12.inside.pcap', 'client', 'near-certain'],
  ['nat-pair-loss-dtls12.outside.pcap', 'server', 'near-certain'],
  ['ice-restart-same-dtls-firefox-dtls12.answerer.pcap', 'client', 'near-certain'],
  ['rtc-new-association-same-ports-firefox.offerer.pcap', 'server', 'near-certain'],
  ['turn-udp-firefox-dtls12.relay.pcap', 'between', 'near-certain'],
  ['openssl-no-close.pcap', 'both', 'near-certain'],
  ['openssl-loss-flight5.client.pcap', 'client', 'inferred'],
  ['openssl-loss-flight5.server.pcap', 'server', 'inferred'],
  ['link-veth.pcap', 'unknown', 'inferred'],
])('%s was taken at: %s (%s)', async (file, position, certainty) => {
  const [detail] = detailsOf(await openSession(file));
  expect(detail?.vantage).toMatchObject({ position, certainty });
});

test('two captures together are a capture at both ends', async () => {
  const [detail] = detailsOf(await openSession('openssl-loss-flight5.client.pcap', 'openssl-loss-flight5.server.pcap'));
  expect(detail?.vantage).toMatchObject({ position: 'both', certainty: 'seen' });
});

/** Losses in short. */
const told = ({ losses }: AssociationDetail): string[] =>
  losses.map((l) => `${l.where} ${l.sender} ${l.epoch}:${l.sequenceNumbers.join()} ${l.messages.join(' ')}`);

async function only(file: string, withKeys = true): Promise<AssociationDetail> {
  const session = await openSession(file);
  const { keys } = known(file);
  if (keys && withKeys) addKeys(session, keys);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`${file} has no association`);
  return detail;
}

test('one ACK of part of a flight names exactly the record that was lost', async () => {
  const detail = await only('wolfssl13-lost-certificate.server.pcap');
  expect(told(detail)).toEqual(['after-capture server 2:1 Certificate']);
  expect(detail.losses[0]).toMatchObject({ certainty: 'near-certain', flight: 2, transmission: 1, packets: [4] });
  expect(detail.association.handshakes[0]?.flights[1]?.transmissions[0]?.fate).toMatchObject({
    fate: 'lost-after-capture',
    reason: expect.stringContaining('acknowledged only records 2, 3, 5, 6'),
  });
});

test('the same loss at the other end is a number that is missing, named by what was sent again', async () => {
  const detail = await only('wolfssl13-lost-certificate.client.pcap');
  expect(told(detail)).toEqual(['before-capture server 2:1 Certificate']);
  expect(detail.losses[0]).toMatchObject({ records: [], packets: [], inferred: true });
});

test('an unanswered first hello was lost, or its cookie request was: nothing tells which', async () => {
  expect(told(await only('openssl-loss-hvr.client.pcap'))).toEqual(['unknown client 0:0 ClientHello']);
  expect(told(await only('openssl-loss-ch1.client.pcap'))).toEqual(['unknown client 0:0 ClientHello']);
  expect(told(await only('openssl-loss-hvr.server.pcap'))).toEqual(['after-capture server 0:0 HelloVerifyRequest']);
  expect(told(await only('openssl-loss-ch1.server.pcap'))).toEqual(['before-capture client 0:0 ClientHello']);
});

test('a request that is written again under the same number counts as sent twice', async () => {
  expect(told(await only('gnutls-loss-hvr.server.pcap'))).toEqual(['after-capture server 0:0 HelloVerifyRequest']);
});

test('a flight that is repeated because it is thrown away is not called lost', async () => {
  const detail = await only('openssl-fail-psk-wrong-key.pcap');
  expect(detail.losses).toEqual([]);
  const fates = detail.association.handshakes[0]?.flights.find((f) => f.messages.includes('ClientKeyExchange'));
  expect(fates?.transmissions.map((t) => t.fate.fate)).toContain('lost-or-rejected');
});

test('a needless repeat is no loss: the answer was under way', async () => {
  expect((await only('openssl-delay-flight4-spurious.client.pcap')).losses).toEqual([]);
  expect((await only('wolfssl13-delay-spurious-retransmit.client.pcap')).losses).toEqual([]);
});

test('what the peer acted on was only missed by the recorder', async () => {
  const detail = await only('link-missing-hvr-ch2.pcap');
  expect(told(detail).sort()).toEqual([
    'before-capture client 0:1 ClientHello',
    'before-capture server 0: HelloVerifyRequest',
  ]);
  expect(detail.losses.find((l) => l.sender === 'client')?.reason).toContain('only the capture missed it');
  expect(told(await only('D2_ccs_lost.pcap'))).toEqual(['before-capture client 0: ChangeCipherSpec']);
});

test.each([
  ['openssl-dup-all.client.pcap', 'network'],
  ['sll2-any-dtls12.pcap', 'capture'],
  ['link-two-interfaces.pcapng', 'capture'],
  ['sixlowpan-border-router-two-linktypes-dtls12.pcapng', 'capture'],
  ['G_replayed_record.pcap', 'replay'],
  ['A3_frag_retransmitted.pcap', 'reused-number'],
  ['gnutls-loss-hvr.server.pcap', 'reused-number'],
])('%s: duplicates come from: %s', async (file, origin) => {
  const { records } = await only(file, false);
  expect(new Set(records.flatMap((r) => r.duplicateOrigin ?? []))).toEqual(new Set([origin]));
});

test('a server that answers each copy of a hello wrote each answer itself', async () => {
  const { records } = await only('openssl-dup-all.server.pcap');
  const origins = records.filter((r) => r.mark === 'duplicate').map((r) => `${r.sender} ${r.duplicateOrigin}`);
  expect(new Set(origins)).toEqual(new Set(['client network', 'server reused-number']));
});
