/**
 * Two captures of one run, opened together: what a proxy between them did is what they show. Every run of the
 * collection that has both ends is held against the proxy's log.
 */
import { describe, expect, test } from 'vitest';
import { type Merged, mergePoints, type OpenCapture } from '../src/analysis/points/merge.ts';
import { Session } from '../src/analysis/session.ts';
import type { RecordView, Sender } from '../src/analysis/trace.ts';
import type { Datagram } from '../src/capture/datagram.ts';
import { type KnownCapture, known, sourceOf } from './captures.ts';
import { detailsOf, openSession } from './open-session.ts';
import { type Handled, proxyLog, type Way } from './proxy-log.ts';
import { mergedFiles, openCapture, pairsNamed, sentFrom, told } from './two-points.ts';

const PROXIED = pairsNamed('.client.pcap', '.server.pcap');
const NAT = pairsNamed('.inside.pcap', '.outside.pcap');
const WEBRTC = pairsNamed('.offerer.pcap', '.answerer.pcap');

test('the collection has as many pairs as ever', () => {
  expect([PROXIED.length, NAT.length, WEBRTC.length]).toEqual([110, 2, 10]);
});

/** Of one direction: [number of the datagram, its length]. */
type Numbered = readonly (readonly [number, number])[];

/** Held until others passed that never came. */
const isLost = ({ left }: Handled): boolean => left === 0;

/** The proxy's log, or where there is none the drops of the manifest. */
function handledBy(capture: KnownCapture): { readonly log: readonly Handled[]; readonly whole: boolean } {
  const log = proxyLog(capture);
  if (log) return { log, whole: true };
  const drops = (capture.actions ?? []).map(({ action, dir, n, len }) => ({
    way: dir === 'c2s' ? ('c2s' as const) : ('s2c' as const),
    n: n ?? 0,
    length: len ?? 0,
    action,
    left: action === 'drop' ? 0 : action === 'dup' ? 2 : 1,
  }));
  return { log: drops, whole: false };
}

const numbered = (log: readonly Handled[], way: Way, which: (h: Handled) => boolean): Numbered =>
  log.filter((h) => h.way === way && which(h)).map((h) => [h.n, h.length]);

/**
 * Files from which the sniffer lost packets that the proxy handled: the network seems to have lost or made them, and
 * nothing in the files tells otherwise.
 */
const SNIFFER_LOST: ReadonlySet<string> = new Set([
  'openssl-loss-cert-middle',
  'openssl-loss-flight5-ccsfin-only',
  'openssl-loss-serverhello-fragment',
  'openssl-rand20-seed1',
  'openssl-rand20-seed7',
]);
/** Sent before the proxy was there. */
const BEFORE_PROXY: Readonly<Record<string, number>> = { 'openssl-loss-blackhole-after-hs': 2 };
/** In a browser's run `c2s` is offerer to answerer, and the log counts STUN. */
const isBrowser = (name: string): boolean => name.includes('webrtc');

const WHOLE = PROXIED.filter(({ name }) => !SNIFFER_LOST.has(name) && !isBrowser(name));

describe.each(WHOLE)('$name', ({ name, first, second }) => {
  const { log, whole } = handledBy(first);
  const early = BEFORE_PROXY[name] ?? 0;
  const ends = [
    { way: 'c2s' as const, capture: 0, early },
    { way: 's2c' as const, capture: 1, early: 0 },
  ];

  test('lost between the points is what the proxy dropped, and nothing else', async () => {
    const merged = await mergedFiles(first.file, second.file);
    for (const { way, capture, early } of ends) {
      const sent = sentFrom(merged, capture);
      const lost = sent.flatMap(({ transit, payload }, i) =>
        transit.arrivedNs === null && i >= early ? [[i + 1 - early, payload.length]] : [],
      );
      if (whole) expect(sent.length).toBe(log.filter((h) => h.way === way).length + early);
      expect(lost).toEqual(numbered(log, way, isLost));
      expect(sent.slice(0, early).every(({ transit }) => transit.arrivedNs === null)).toBe(true);
    }
  });

  test('what arrived more often than it was sent is what the proxy copied', async () => {
    const merged = await mergedFiles(first.file, second.file);
    const arrived = told(merged.datagrams).filter(({ transit }) => transit.sentNs === null && !transit.altered);
    const copies = log.flatMap((h) => (h.action === 'dup' ? Array.from({ length: h.left - 1 }, () => h.length) : []));
    expect(arrived.map((d) => d.payload.length).sort((a, b) => a - b)).toEqual(copies.sort((a, b) => a - b));
  });

  test('altered is what the proxy altered: what was sent and what arrived are both there', async () => {
    const merged = await mergedFiles(first.file, second.file);
    const changes = new Set(['corrupt', 'truncate', 'patch']);
    const altered = told(merged.datagrams).filter(({ transit }) => transit.altered);
    const was = altered.filter(({ transit }) => transit.sentNs !== null);
    const is = altered.filter(({ transit }) => transit.sentNs === null);
    const count = log.filter((h) => changes.has(h.action ?? '')).length;
    expect([was.length, is.length]).toEqual([count, count]);
    for (const { transit } of was)
      expect(is.some((d) => d.capture === transit.arrival?.capture && d.packet === transit.arrival.packet)).toBe(true);
  });

  test('the same clock on both sides: no offset, no drift, within the error', async () => {
    const { points } = (await openSession(first.file, second.file)).trace();
    if (!points) throw new Error('not recognised');
    expect(Math.abs(points.offsetMs)).toBeLessThanOrEqual(points.offsetErrorMs);
    expect(Math.abs(points.driftPpm)).toBeLessThanOrEqual(points.driftErrorPpm);
    expect(points.points).toEqual([
      { captures: [0], near: 'client' },
      { captures: [1], near: 'server' },
    ]);
  });

  test('each file counts what it counts alone, and the associations are those of one of them', async () => {
    const [together, ...alone] = [
      (await openSession(first.file, second.file)).trace(),
      (await openSession(first.file)).trace(),
      (await openSession(second.file)).trace(),
    ];
    for (const [i, { captures }] of alone.entries()) {
      expect(together?.captures[i]?.dtlsDatagrams).toBe(captures[0]?.dtlsDatagrams);
      expect(together?.captures[i]?.dtlsRecords).toBe(captures[0]?.dtlsRecords);
    }
    const outcomes = alone.map((t) => t.associations.map((a) => a.outcome));
    expect(outcomes).toContainEqual(together?.associations.map((a) => a.outcome));
  });
});

describe.each(PROXIED.filter(({ name }) => isBrowser(name)))('$name', ({ first, second }) => {
  test('lost between the points is what the proxy dropped, and nothing else', async () => {
    const merged = await mergedFiles(first.file, second.file);
    const lost = [0, 1].map((capture) =>
      sentFrom(merged, capture).flatMap(({ transit, payload }) => (transit.arrivedNs === null ? [payload.length] : [])),
    );
    const { log } = handledBy(first);
    const dropped = (['c2s', 's2c'] as const).map((way) => numbered(log, way, isLost).map(([, length]) => length));
    expect([dropped, dropped.toReversed()]).toContainEqual(lost);
  });
});

describe.each(PROXIED.filter(({ name }) => SNIFFER_LOST.has(name)))(
  '$name, whose sniffer lost packets',
  ({ first, second }) => {
    test('what the proxy dropped is lost, where the sender is seen to have sent it', async () => {
      const merged = await mergedFiles(first.file, second.file);
      const { log } = handledBy(first);
      for (const [capture, way] of [
        [0, 'c2s'],
        [1, 's2c'],
      ] as const) {
        const all = log.filter((h) => h.way === way);
        const sent = sentFrom(merged, capture);
        // Only where the file of the sender has all of them, the number tells which is which.
        if (all.length !== sent.length) continue;
        const delivered = sent.flatMap(({ transit, payload }, i) =>
          transit.arrivedNs === null ? [] : [[i + 1, payload.length]],
        );
        for (const drop of numbered(log, way, isLost)) expect(delivered).not.toContainEqual(drop);
      }
    });
  },
);

describe('what the proxy delayed, held back or split', () => {
  test('a delayed flight arrives when the proxy let it go', async () => {
    const merged = await mergedFiles(
      'openssl-delay-flight4-spurious.client.pcap',
      'openssl-delay-flight4-spurious.server.pcap',
    );
    const delays = sentFrom(merged, 1).map(
      ({ transit }) => Number((transit.arrivedNs ?? 0n) - (transit.sentNs ?? 0n)) / 1e6,
    );
    expect(delays.filter((ms) => ms > 1590 && ms < 1610).length).toBe(1);
    expect(delays.filter((ms) => ms < 5).length).toBe(delays.length - 1);
  });

  test('datagrams that were held back arrive after ones that were sent later', async () => {
    const merged = await mergedFiles('mbedtls-reordered.client.pcap', 'mbedtls-reordered.server.pcap');
    const sent = sentFrom(merged, 1);
    const overtaken = sent.flatMap(({ transit }, i) =>
      sent.slice(i + 1).some((later) => (later.transit.arrivedNs ?? 0n) < (transit.arrivedNs ?? 0n)) ? [i + 1] : [],
    );
    expect(overtaken).toEqual([2, 4]);
  });

  test('records that were sent in one datagram and arrived one by one, the last first', async () => {
    const session = await openSession('openssl-reorder-s-flight4.client.pcap', 'openssl-reorder-s-flight4.server.pcap');
    const records = detailsOf(session).flatMap((d) => d.records);
    const split = records.filter((r) => r.capture === 1 && r.packet === 4);
    expect(split.map((r) => r.inDatagram)).toEqual([1, 2, 3, 4]);
    const arrivals = split.map((r) => r.arrival?.packet ?? 0);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => b - a));
    expect(new Set(arrivals).size).toBe(4);
  });

  test('of a truncated flight the records before the cut arrived, and the others did not', async () => {
    const merged = await mergedFiles('openssl-truncate-flight4.client.pcap', 'openssl-truncate-flight4.server.pcap');
    const flight = told(merged.datagrams).filter((d) => d.capture === 1 && d.packet === 4);
    expect(flight.map(({ transit }) => [transit.recordsBefore, transit.altered])).toEqual([
      [0, false],
      [1, true],
    ]);
  });
});

describe.each(NAT)('$name: a NAT, another clock, and losses between', ({ first, second }) => {
  test('the truth of the clocks lies within the error', async () => {
    const { points } = (await openSession(first.file, second.file)).trace();
    if (!points || !first.clock) throw new Error('not recognised');
    expect(Math.abs(points.offsetMs - first.clock.offset_s * 1000)).toBeLessThanOrEqual(points.offsetErrorMs);
    expect(Math.abs(points.driftPpm - first.clock.drift_ppm)).toBeLessThanOrEqual(points.driftErrorPpm);
    // The error is less than half of what a datagram needs there and back.
    const [there, back] = [points.delayMs.fromFirst, points.delayMs.fromSecond];
    expect(points.offsetErrorMs).toBeLessThan(((there?.median ?? 0) + (back?.median ?? 0)) * 0.75);
  });

  test('as many are lost between as the truth says', async () => {
    const { points } = (await openSession(first.file, second.file)).trace();
    expect(points?.lost).toEqual({ fromFirst: first.lostBetween?.c2s, fromSecond: first.lostBetween?.s2c });
  });

  test('there is one association, with the addresses that its ends have themselves', async () => {
    const [alone, other] = [(await openSession(first.file)).trace(), (await openSession(second.file)).trace()];
    const { associations } = (await openSession(first.file, second.file)).trace();
    expect(associations.length).toBe(1);
    const addresses = [alone, other].flatMap((t) => t.associations.flatMap((a) => [a.client, a.server]));
    for (const end of [associations[0]?.client, associations[0]?.server]) expect(addresses).toContainEqual(end);
    expect(associations[0]?.addressChanges).toEqual([]);
  });

  test('what went on around it goes by the same addresses, at both points', async () => {
    const captures = [await openCapture(first.file, 0), await openCapture(second.file, 1)];
    const merged = mergePoints(captures, new Set());
    const [some] = told(merged.datagrams);
    const ends = [some?.source, some?.destination].map((e) => `${e?.address}:${e?.port}`).sort();
    for (const [i, { facts }] of captures.entries()) {
      const { udp } = merged.around(i, facts.surroundings);
      const named = udp.map(({ a, b }) => [a, b].map((e) => `${e.address}:${e.port}`).sort());
      expect(named).toContainEqual(ends);
    }
  });

  test('nothing is missing in a record number that either point has', async () => {
    const session = await openSession(first.file, second.file);
    expect(session.trace().associations.flatMap((a) => a.epochs.flatMap((e) => e.missing))).toEqual([]);
  });
});

/** What never came out of the TURN server: fragments that it filters, and what came when the other end had gone. */
const LOST_IN_RELAY: Readonly<Record<string, number>> = {
  'turn-udp-firefox-filterlosesfragment': 2,
  'turn-tcp-firefox': 1,
  'turn-tcp-firefox-dtls12': 2,
};

describe.each(WEBRTC)('$name, seen at both browsers', ({ name, first, second }) => {
  test('all that one sent the other got, but for what the relay lost', async () => {
    const { datagrams } = await mergedFiles(first.file, second.file);
    const all = told(datagrams);
    expect(all.length).toBe(datagrams.length);
    expect(all.filter(({ transit }) => transit.arrivedNs === null).length).toBe(LOST_IN_RELAY[name] ?? 0);
    expect(all.filter(({ transit }) => transit.sentNs === null || transit.altered)).toEqual([]);
  });

  test('as many associations as either browser saw', async () => {
    const count = async (...files: string[]) => (await openSession(...files)).trace().associations.length;
    expect(await count(first.file, second.file)).toBe(await count(first.file));
    expect(await count(first.file, second.file)).toBe(await count(second.file));
  });
});

describe('an address that changes between the points', () => {
  test.each([
    ['californium-cid-newport-without-handshake', 5],
    ['wolfssl13-cid-rebind', 5],
    ['wolfssl13-cid-rebind-not-followed', 5],
    ['wolfssl13-nocid-rebind-dies', 5],
    ['openssl-fail-cookie-mismatch-listen', 2],
    ['openssl-fail-cookie-mismatch-stateful', 2],
  ])('%s: the client moves with its datagram %i, and stays one association', async (name, n) => {
    const files = [`${name}.client.pcap`, `${name}.server.pcap`] as const;
    expect(known(files[0]).actions?.map((a) => [a.action, a.dir, a.n])).toEqual([['rebind', 'c2s', n]]);
    const session = await openSession(...files);
    const [detail, ...others] = detailsOf(session);
    expect(others).toEqual([]);
    const changes = detail?.association.addressChanges ?? [];
    expect(changes.map((c): Sender => c.endpoint)).toEqual(['client']);
    const sent = sentFrom(await mergedFiles(...files), 0);
    expect(changes.map((c) => c.packet)).toEqual([sent[n - 1]?.packet]);
  });
});

describe('the second file', () => {
  const [client, server] = ['openssl-loss-flight5.client.pcap', 'openssl-loss-flight5.server.pcap'];
  const names = (session: Session) => session.trace().captures.map((c) => c.name);
  const opened = async (add: boolean | 'auto', ...files: readonly string[]) => {
    const session = new Session();
    for (const file of files) await session.open([sourceOf(file)], { add });
    return session;
  };

  test.each(['auto', true] as const)('opened later (add: %s) gives the same as opened at once', async (add) => {
    const [later, atOnce] = [await opened(add, client, server), await openSession(client, server)];
    expect(later.trace()).toEqual(atOnce.trace());
    expect(detailsOf(later)).toEqual(detailsOf(atOnce));
  });

  test('dropped first turns the clocks round, and tells the same', async () => {
    const { points, associations } = (await opened('auto', server, client)).trace();
    const turned = (await openSession(client, server)).trace();
    expect(points?.points.map((p) => p.near)).toEqual(['server', 'client']);
    expect(points?.lost).toEqual({
      fromFirst: turned.points?.lost.fromSecond,
      fromSecond: turned.points?.lost.fromFirst,
    });
    expect(associations.map((a) => [a.client, a.server, a.outcome])).toEqual(
      turned.associations.map((a) => [a.client, a.server, a.outcome]),
    );
  });

  test('of other traffic takes the place of the first, as ever', async () => {
    expect(names(await opened('auto', client, 'openssl-dup-all.server.pcap'))).toEqual(['openssl-dup-all.server.pcap']);
  });

  test('that is the first once more takes its place too', async () => {
    expect(names(await opened('auto', client, client))).toEqual([client]);
  });

  test('that is the first once more, at once with it, is left out and says so', async () => {
    const { captures, points, associations } = (await openSession(client, client)).trace();
    const [alone] = (await openSession(client)).trace().associations;
    expect(points).toBeNull();
    expect(captures.map((c) => [c.dtlsDatagrams > 0, c.problems.map((p) => p.message)])).toEqual([
      [true, []],
      [false, [`It holds the same packets as ${client}, at the same times, so it was left out.`]],
    ]);
    expect(associations).toEqual([alone]);
  });

  test('of records: capture and packet are those of the point next to the sender, arrival those of the other', async () => {
    const records = detailsOf(await openSession(client, server)).flatMap((d) => d.records);
    for (const { sender, capture, arrival } of records) {
      expect(capture).toBe(sender === 'client' ? 0 : 1);
      if (arrival) expect(arrival.capture).toBe(sender === 'client' ? 1 : 0);
    }
    expect(records.filter((r) => r.arrival === null).map((r) => r.packet)).toEqual(
      sentFrom(await mergedFiles(client, server), 0).flatMap((d) =>
        d.transit.arrivedNs === null ? detailsOfPacket(records, d.packet) : [],
      ),
    );
  });
});

const detailsOfPacket = (records: readonly RecordView[], packet: number): number[] =>
  records.filter((r) => r.capture === 0 && r.packet === packet).map((r) => r.packet);

/** As if the file had been written by a machine with another clock. */
function withClock({ facts, datagrams }: OpenCapture, { offsetMs, ppm }: typeof CLOCK): OpenCapture {
  const start = facts.firstTimeNs ?? 0n;
  const turn = (timeNs: bigint) =>
    timeNs + BigInt(offsetMs) * 1_000_000n + ((timeNs - start) * BigInt(ppm)) / 1_000_000n;
  const [firstTimeNs, lastTimeNs] = [turn(start), turn(facts.lastTimeNs ?? start)];
  return {
    facts: { ...facts, firstTimeNs, lastTimeNs },
    datagrams: datagrams.map((d) => ({ ...d, timeNs: turn(d.timeNs) })),
  };
}

const CLOCK = { offsetMs: -47 * 60_000, ppm: 60 };

/** Packet and length of what is lost, by the capture that has it. */
const lostIn = ({ datagrams }: Merged) =>
  told(datagrams)
    .filter(({ transit }) => transit.arrivedNs === null)
    .map((d) => `${d.capture} ${d.packet} ${d.payload.length}`)
    .sort();

describe('the same runs with other clocks, and with less in a file', () => {
  test.each(PROXIED)(
    '$name: the clock of the server runs 47 minutes behind and 60 ppm fast',
    async ({ first, second }) => {
      const [client, server] = [await openCapture(first.file, 0), await openCapture(second.file, 1)];
      const merged = mergePoints([client, withClock(server, CLOCK)], new Set());
      expect(lostIn(merged)).toEqual(lostIn(await mergedFiles(first.file, second.file)));
      const [alignment] = merged.alignments;
      if (!alignment) throw new Error('not recognised');
      const { offsetMs, line } = alignment.clocks;
      expect(Math.abs(offsetMs - CLOCK.offsetMs)).toBeLessThanOrEqual(line.aheadErrorMs);
      expect(Math.abs(line.drift * 1e6 - CLOCK.ppm)).toBeLessThanOrEqual(line.driftError * 1e6);
    },
  );

  test.each(PROXIED)(
    '$name: a server file that ends in the middle makes no loss that is proven',
    async ({ first, second }) => {
      const [client, server] = [await openCapture(first.file, 0), await openCapture(second.file, 1)];
      const whole = lostIn(await mergedFiles(first.file, second.file));
      for (const [from, to] of [
        [0, 0.5],
        [0.5, 1],
        [0.3, 0.7],
      ] as const) {
        const kept = server.datagrams.slice(
          Math.floor(server.datagrams.length * from),
          Math.ceil(server.datagrams.length * to),
        );
        const [firstTimeNs, lastTimeNs] = [kept[0]?.timeNs ?? null, kept.at(-1)?.timeNs ?? null];
        const cut = { facts: { ...server.facts, firstTimeNs, lastTimeNs }, datagrams: kept };
        const merged = mergePoints([client, cut], new Set());
        const proven = { ...merged, datagrams: merged.datagrams.filter(({ transit }) => transit?.proven) };
        for (const lost of lostIn(proven)) expect(whole).toContain(lost);
      }
    },
  );

  test.each(WHOLE.filter(({ first }) => first.actions?.every((a) => a.action === 'drop')))(
    '$name: the file of the server has but the first bytes of each datagram',
    async ({ first, second }) => {
      const [client, server] = [await openCapture(first.file, 0), await openCapture(second.file, 1)];
      const datagrams = server.datagrams.map(({ payload, missing, ...d }) => {
        const kept = payload.subarray(0, SNAPLEN);
        return { ...d, payload: kept, missing: missing + payload.length - kept.length };
      });
      const merged = mergePoints([client, { ...server, datagrams }], new Set());
      const { datagrams: whole } = await mergedFiles(first.file, second.file);
      const packets = (all: readonly Datagram[]) =>
        told(all)
          .filter(({ transit }) => transit.arrivedNs === null)
          .map((d) => `${d.capture} ${d.packet}`);
      expect(packets(merged.datagrams)).toEqual(packets(whole));
    },
  );
});

/** Of each payload: enough for the header and some ciphertext. */
const SNAPLEN = 60;
