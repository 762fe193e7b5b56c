import { expect, test } from 'vitest';
import { ListedDatagrams } from '../../capture/datagram-list.ts';
import { Keyring } from '../keyring.ts';
import { readTrace } from '../read-trace.ts';
import type { PointsView } from '../story.ts';
import { exchange, numberOf, type Path, type Sent, withOtherPort } from './exchange.test.helper.ts';
import { mergePoints, type OpenCapture } from './merge.ts';
import { pointsView } from './points-view.ts';

/** A ClientHello of DTLS 1.2 with a random of its own, and as many bytes of number as a protected record has. */
function hello(number: number): Uint8Array {
  const random = Array.from({ length: 32 }, (_, i) => Math.imul(number + 1, 0x9e3779b1 + i * 0x85ebca6b) >>> 24);
  const body = [0xfe, 0xfd, ...random, 0, 0, 0, 2, 0xc0, 0xae, 1, 0];
  const header = [1, 0, 0, body.length, 0, 0, 0, 0, 0, 0, 0, body.length];
  return Uint8Array.from([
    22,
    0xfe,
    0xfd,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    number,
    0,
    header.length + body.length,
    ...header,
    ...body,
  ]);
}

const EVEN: Path = { offsetMs: 0, driftPpm: 0, nat: false, rebindAfter: null };

/** @param hellos these datagrams are, @param apart those from this one on are of another port of the client's. */
function viewed(sent: readonly Sent[], path: Path, hellos: (number: number) => boolean, apart = sent.length) {
  const seen = exchange(sent, path);
  const captures = [seen.client, seen.server].map((capture): OpenCapture => {
    const { facts, datagrams } = withOtherPort(capture, apart);
    return {
      facts,
      datagrams: datagrams.map((d) => (hellos(numberOf(d)) ? { ...d, payload: hello(numberOf(d)) } : d)),
    };
  });
  const { alignments, datagrams } = mergePoints(captures, new Set());
  const keyring = new Keyring({ logs: [], psks: [], rsaKeys: [] });
  return pointsView(alignments, readTrace(new ListedDatagrams(datagrams), keyring, { ports: new Set() }));
}

const near = (view: PointsView | null) => view?.points.map((point) => point.near);

const client = (gap: number, delay: number): Sent => ({ from: 'client', gap, delays: [delay] });
const server = (gap: number, delay: number): Sent => ({ from: 'server', gap, delays: [delay] });
/** Slower there than back, which the clocks cannot show. */
const ANSWERED = [client(1, 2), server(5, 0.05), client(5, 2), server(5, 0.05)];
const HELLOS = Array.from({ length: 8 }, () => client(50, 0.05));

test('near the client is the point that it sends to first', () => {
  expect(near(viewed(ANSWERED, EVEN, (n) => n === 0))).toEqual(['client', 'server']);
});

test('where it is but a guess what comes to which point first, neither is called near', () => {
  expect(near(viewed(HELLOS, { ...EVEN, offsetMs: -5000 }, () => true))).toEqual(['unknown', 'unknown']);
});

test('guesses, however many, do not outvote what is known', () => {
  const all = [...ANSWERED, ...HELLOS];
  expect(near(viewed(all, EVEN, (n) => n === 0 || n >= ANSWERED.length, ANSWERED.length))).toEqual([
    'client',
    'server',
  ]);
});
