import { describe, expect, test } from 'vitest';
import { exchange, type Sent } from './exchange.test.helper.ts';
import { mergePoints, type OpenCapture } from './merge.ts';

const NO_PORTS: ReadonlySet<number> = new Set();

/** Turn by turn, a second apart, each 5 ms on its way. */
const traffic = (count: number, lost: readonly number[] = []): Sent[] =>
  Array.from({ length: count }, (_, i) => ({
    from: i % 2 === 0 ? ('client' as const) : ('server' as const),
    gap: 1000,
    delays: lost.includes(i) ? [] : [5],
  }));

const NAT = { offsetMs: 1234, driftPpm: 20, nat: true, rebindAfter: null };
const PLAIN = { ...NAT, nat: false };

/** As the session numbers them. */
const opened = (...captures: readonly OpenCapture[]): OpenCapture[] =>
  captures.map((c, capture) => ({ ...c, datagrams: c.datagrams.map((d) => ({ ...d, capture })) }));

/** The packets of a capture with numbers from `from` up to `to`, as a file of its own. */
function cut({ facts, datagrams }: OpenCapture, from: number, to?: number): OpenCapture {
  const kept = datagrams.slice(from, to);
  const times = kept.map((d) => d.timeNs);
  return { facts: { ...facts, firstTimeNs: times[0] ?? null, lastTimeNs: times.at(-1) ?? null }, datagrams: kept };
}

const at = (captures: readonly OpenCapture[]) => {
  const merged = mergePoints(captures, NO_PORTS);
  return {
    merged,
    points: merged.alignments.map(({ pair }) => pair.map((point) => point.map((c) => c.capture))),
    lost: merged.datagrams.filter(({ transit }) => transit?.arrivedNs === null).length,
    untold: merged.datagrams.filter(({ transit }) => transit === undefined).length,
    problems: captures.map((_, i) => merged.problemsOf(i)),
  };
};

describe('one capture', () => {
  test('is left as it is', () => {
    const { client } = exchange(traffic(6), NAT);
    const { datagrams, alignments } = mergePoints([client], NO_PORTS);
    expect(datagrams).toEqual(client.datagrams);
    for (const [i, datagram] of datagrams.entries()) expect(datagram).toBe(client.datagrams[i]);
    expect(alignments).toEqual([]);
  });
});

describe('captures that have nothing in common', () => {
  test('stay apart', () => {
    const [one, other] = [exchange(traffic(6), NAT), exchange(traffic(20), NAT)];
    const captures = opened(one.client, cut(other.server, 10, 20));
    const { points, untold, merged } = at(captures);
    expect(points).toEqual([]);
    expect(untold).toBe(6 + 10);
    expect(merged.datagrams.map((d) => d.timeNs)).toEqual(captures.flatMap((c) => c.datagrams.map((d) => d.timeNs)));
  });

  test('files of one point that follow each other, and a replay of an old datagram in the second', () => {
    const { client } = exchange(traffic(40), PLAIN);
    const [first, second] = [cut(client, 0, 20), cut(client, 20, 40)];
    const [replayed, last] = [first.datagrams[4], second.datagrams.at(-1)];
    if (!replayed || !last) throw new Error('too short');
    const again = { ...second, datagrams: [...second.datagrams, { ...replayed, timeNs: last.timeNs + 1n }] };
    expect(at(opened(first, again)).points).toEqual([]);
  });
});

describe('the same file twice', () => {
  test('is one point: the second is left out, and says so', () => {
    const { client } = exchange(traffic(6), NAT);
    const { points, untold, problems } = at(opened(client, client));
    expect(points).toEqual([]);
    expect(untold).toBe(6);
    expect(problems).toEqual([
      [],
      ['It holds the same packets as client.pcap, at the same times, so it was left out.'],
    ]);
  });

  test('beside the other end: the copy is left out, the ends are merged', () => {
    const { client, server } = exchange(traffic(8, [3]), NAT);
    const { points, lost, problems } = at(opened(client, server, client));
    expect(points).toEqual([[[0], [1]]]);
    expect(lost).toBe(1);
    expect(problems[2]?.length).toBe(1);
  });

  test('files that overlap count what both have once', () => {
    const { client } = exchange(traffic(20), NAT);
    const { points, untold, problems } = at(opened(cut(client, 0, 12), cut(client, 8, 20)));
    expect(points).toEqual([]);
    expect(untold).toBe(20);
    expect(problems[1]).toEqual([
      '4 of its datagrams are in client.pcap too, at the same times: they were counted once.',
    ]);
  });

  test('with all times shifted it is still a copy', () => {
    const { client } = exchange(traffic(6), NAT);
    const later = {
      ...client,
      datagrams: client.datagrams.map((d) => ({ ...d, timeNs: d.timeNs + 3_600_000_000_000n })),
    };
    const { points, untold, problems } = at(opened(client, later));
    expect([points, untold, problems[1]?.length]).toEqual([[], 6, 1]);
  });
});

describe('more than two files', () => {
  test.each([NAT, PLAIN])('rotated at both points, in any order: two points (%o)', (path) => {
    const { client, server } = exchange(traffic(40, [5, 21]), path);
    const files = opened(cut(server, 15), cut(client, 0, 20), cut(server, 0, 15), cut(client, 20));
    const { points, lost, untold } = at(files);
    expect(points).toEqual([
      [
        [0, 2],
        [1, 3],
      ],
    ]);
    expect(lost).toBe(2);
    expect(untold).toBe(0);
  });

  test.each([NAT, PLAIN])('rotated at the same moment, so that each file has one partner (%o)', (path) => {
    const { client, server } = exchange(traffic(40, [5, 31]), path);
    const files = opened(cut(client, 0, 19), cut(client, 19), cut(server, 0, 20), cut(server, 20));
    const { points, lost } = at(files);
    expect(points).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    expect(lost).toBe(2);
  });

  test('a third point is left out, and says so', () => {
    const { client, server } = exchange(traffic(12, [4]), NAT);
    const between = exchange(traffic(12, [4]), { ...NAT, offsetMs: -700, rebindAfter: 0 }).server;
    const { points, lost, problems, merged } = at(opened(client, server, between));
    expect(points).toEqual([[[0], [1]]]);
    expect(lost).toBe(1);
    expect(merged.datagrams.length).toBe(12);
    expect(problems[2]).toEqual([
      'It shows the same traffic from a third point. Only two points can be compared, so what it shares with them was left out.',
    ]);
  });
});

describe('a capture of both legs of a proxy', () => {
  const path = { ...NAT, offsetMs: 0, driftPpm: 0 };
  const legs = ({ client, server }: ReturnType<typeof exchange>): OpenCapture => ({
    ...client,
    datagrams: [...client.datagrams, ...server.datagrams].sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1)),
  });

  test('is one point by itself', () => {
    const both = legs(exchange(traffic(12), path));
    const { points, untold } = at(opened(both));
    expect([points, untold]).toEqual([[], 24]);
  });

  test('beside a capture at the server: the leg with its addresses is merged, the other stays', () => {
    const both = legs(exchange(traffic(12), path));
    const beyond = exchange(
      traffic(12).map((s) => ({ ...s, delays: s.from === 'client' ? [9] : [] })),
      { ...path, offsetMs: 4 },
    ).server;
    const { points, untold, lost } = at(opened(both, beyond));
    expect(points).toEqual([[[0], [1]]]);
    expect([untold, lost]).toEqual([12, 0]);
  });
});

describe('what one point did not record', () => {
  test('before its first packet and after its last is not called lost where the other end goes on', () => {
    const { client, server } = exchange(traffic(30), NAT);
    const { lost, untold } = at(opened(client, cut(server, 10, 20)));
    expect(lost).toBe(0);
    expect(untold).toBe(20);
  });

  test('after its last packet it may be lost where nothing comes back: that proves nothing', () => {
    const sent = traffic(10).map((s, i): Sent => (i < 8 ? s : { ...s, from: 'client', delays: [] }));
    const { client, server } = exchange(sent, NAT);
    const { merged, lost } = at(opened(client, cut(server, 0, 8)));
    expect(lost).toBe(2);
    const proven = merged.datagrams.flatMap(({ transit }) => (transit?.arrivedNs === null ? [transit.proven] : []));
    expect(proven).toEqual([false, false]);
  });

  test('of one direction tells nothing of that direction', () => {
    const { client, server } = exchange(traffic(20, [2]), NAT);
    const fromClient = { ...server, datagrams: server.datagrams.filter((d) => d.source.address === '198.51.100.77') };
    const { lost, untold } = at(opened(client, fromClient));
    expect(lost).toBe(1);
    expect(untold).toBe(10);
  });

  test('while it lost packets itself proves nothing of what else it lacks just then', () => {
    const { client, server } = exchange(traffic(20, [10]), NAT);
    const gap = { ...server, datagrams: server.datagrams.filter((_, i) => i !== 9) };
    const { merged } = at(opened(client, gap));
    const lost = merged.datagrams.filter(({ transit }) => transit?.arrivedNs === null);
    expect(lost.map(({ transit }) => transit?.proven)).toEqual([false]);
  });
});

describe('a clock that somebody sets in between', () => {
  test('leaves what was lost as it is, and says an error of half the step', () => {
    const { client, server } = exchange(traffic(40, [5, 30]), NAT);
    const set = {
      ...server,
      datagrams: server.datagrams.map((d, i) => (i < 20 ? d : { ...d, timeNs: d.timeNs - 500_000_000n })),
    };
    const { merged, lost } = at(opened(client, set));
    expect(lost).toBe(2);
    expect(merged.datagrams.filter(({ transit }) => !transit || transit.sentNs === null)).toEqual([]);
    expect(merged.alignments[0]?.clocks.line.errorMs).toBeGreaterThan(240);
  });
});

describe('captures that show each packet twice', () => {
  const twice = (capture: OpenCapture): OpenCapture => ({
    ...capture,
    datagrams: capture.datagrams.flatMap((d) => [d, { ...d, timeNs: d.timeNs + 20_000n }]),
  });

  test('lose nothing by it, and the network copied nothing', () => {
    const { client, server } = exchange(traffic(20, [3, 8]), NAT);
    for (const captures of [
      [twice(client), server],
      [client, twice(server)],
      [twice(client), twice(server)],
    ]) {
      const { merged, lost } = at(opened(...captures));
      expect(lost).toBe(2);
      expect(merged.datagrams.filter(({ transit }) => transit?.sentNs === null)).toEqual([]);
    }
  });
});

describe('repeats with the same bytes', () => {
  test('which of them got lost is told by the time', () => {
    const { client, server } = exchange(
      [
        { from: 'client', gap: 10, delays: [5] },
        { from: 'server', gap: 10, delays: [5] },
        { from: 'client', gap: 10, delays: [5] },
        { from: 'server', gap: 10, delays: [5] },
        { from: 'client', gap: 1000, delays: [] },
        { from: 'client', gap: 500, delays: [5] },
        { from: 'client', gap: 1000, delays: [] },
      ],
      NAT,
    );
    /** Numbers 4 to 6 are one datagram, sent three times. */
    const same = client.datagrams[4];
    if (!same) throw new Error('too short');
    const repeating = (c: OpenCapture): OpenCapture => ({
      ...c,
      datagrams: c.datagrams.map((d) => ((d.payload[10] ?? 0) < 4 ? d : { ...d, payload: same.payload })),
    });
    const { merged, lost } = at(opened(repeating(client), repeating(server)));
    expect(lost).toBe(2);
    const arrived = merged.datagrams.filter(({ payload, transit }) => payload === same.payload && transit?.arrivedNs);
    expect(arrived.map((d) => d.packet)).toEqual([6]);
  });
});

describe('what somebody might send to make it slow', () => {
  test('forty thousand repeats of one datagram, and half of them lost', () => {
    const repeats = Array.from(
      { length: 40_000 },
      (_, i): Sent => ({ from: 'client', gap: 30, delays: i % 2 ? [5] : [] }),
    );
    const { client, server } = exchange([...traffic(4), ...repeats], NAT);
    const [same] = client.datagrams;
    if (!same) throw new Error('empty');
    const repeating = (c: OpenCapture): OpenCapture => ({
      ...c,
      datagrams: c.datagrams.map((d, i) => (i < 4 ? d : { ...d, payload: same.payload, frame: same.frame })),
    });
    const { points, lost } = at(opened(repeating(client), repeating(server)));
    expect(points).toEqual([[[0], [1]]]);
    expect(lost).toBe(20_000);
  });

  test('one datagram from ten thousand addresses', () => {
    const { client, server } = exchange(traffic(10_004), NAT);
    const flooded = ({ facts, datagrams }: OpenCapture): OpenCapture => ({
      facts,
      datagrams: datagrams.map((d, i) =>
        i < 4 ? d : { ...d, payload: datagrams[4]?.payload ?? d.payload, source: { address: '192.0.2.1', port: i } },
      ),
    });
    const { points, merged } = at(opened(flooded(client), flooded(server)));
    expect(points).toEqual([[[0], [1]]]);
    expect(merged.datagrams.length).toBeGreaterThanOrEqual(10_004);
  });
});
