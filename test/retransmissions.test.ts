/**
 * Retransmissions against the endpoints' own logs: how often, and when, each retransmission timer expired. Near the
 * sender every one of them must be found, with no other beside it; at the other end of the path where nothing that it
 * sent was lost or held up in between.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Sender } from '../src/analysis/trace.ts';
import { KNOWN, type KnownCapture, SAMPLES } from './captures.ts';
import { addKeys, openSession } from './open-session.ts';

const SENDERS: readonly Sender[] = ['client', 'server'];
const DIRECTION = { client: 'c2s', server: 's2c' } as const;
/** The clock of a log is that of the capture; between the expiry and the packet lie computing and a socket. */
const APART_S = 0.1;

/** Where the other end of the path cannot agree with the log of this sender, and why. */
const UNSEEN: { readonly [file: string]: { readonly sender: Sender; readonly why: string } } = {
  'openssl-loss-blackhole-after-hs.server.pcap': {
    sender: 'client',
    why: 'the proxy was started after the first two ClientHellos had been sent',
  },
};

interface Expiry {
  readonly sender: Sender;
  /** Seconds since 1970. */
  readonly at: number;
}

interface Logged {
  readonly capture: KnownCapture;
  /** Endpoints that wrote it. */
  readonly writers: ReadonlySet<string>;
  /** Every time that a timer expired and something was sent because of it. */
  readonly expiries: readonly Expiry[];
}

const logged = KNOWN.flatMap((capture) => {
  if (!capture.log || capture.text) return [];
  const one = readLog(capture, capture.log);
  return one.expiries.length > 0 || capture.retransmissionsByTimer ? [one] : [];
});

function readLog(capture: KnownCapture, log: string): Logged {
  const events = readFileSync(join(SAMPLES, 'corpus/truth', log), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"ep"'))
    .map((line) => JSON.parse(line) as { t: number; ep: string; ev: string });
  const expiries = SENDERS.flatMap((sender) =>
    events.filter((e) => e.ep === sender && e.ev === 'retransmit').map(({ t }) => ({ sender, at: t })),
  );
  return { capture, writers: new Set(events.map((e) => e.ep)), expiries };
}

/** Whether a capture must show all that the sender sent: it was taken there, or nothing of it was touched on the way. */
function shows({ capture: { file, vantage, actions = [] }, writers }: Logged, sender: Sender): boolean {
  if (!writers.has(sender)) return false;
  if (vantage === 'both' || vantage.startsWith(sender)) return true;
  return UNSEEN[file]?.sender !== sender && !actions.some((a) => a.dir === DIRECTION[sender]);
}

async function timersOf({ file, keys }: KnownCapture, ...more: readonly string[]): Promise<Expiry[]> {
  const session = await openSession(file, ...more);
  if (keys) addKeys(session, keys);
  const { captures, associations } = session.trace();
  const origin = Date.parse(captures[0]?.firstTime ?? '') / 1000;
  return associations
    .flatMap((a) => a.handshakes.flatMap((h) => h.flights))
    .flatMap(({ sender, transmissions }) =>
      transmissions.filter((t) => t.cause === 'timer').map((t) => ({ sender, at: origin + t.startMs / 1000 })),
    )
    .sort((a, b) => a.at - b.at);
}

describe('every timer that expired, by the log of its endpoint', () => {
  test.each(logged.map((l) => [l.capture.file, l] as const))('%s', async (_, one) => {
    const { capture, expiries } = one;
    const found = await timersOf(capture);
    for (const sender of SENDERS.filter((s) => shows(one, s))) {
      const wanted = expiries.filter((e) => e.sender === sender);
      const got = found.filter((e) => e.sender === sender);
      expect(got, `${sender}: how many`).toHaveLength(wanted.length);
      for (const [i, { at }] of wanted.entries())
        expect(Math.abs((got[i]?.at ?? 0) - at), `${sender}, number ${i + 1}`).toBeLessThan(APART_S);
      if (capture.retransmissionsByTimer)
        expect(got, `${sender}: the manifest’s count`).toHaveLength(capture.retransmissionsByTimer[sender] ?? 0);
    }
  });

  const pairs = logged.filter(
    ({ capture: { file } }) =>
      file.endsWith('.client.pcap') && logged.some((l) => l.capture.file === file.replace('.client.', '.server.')),
  );

  test.each(pairs.map((l) => [l.capture.file.replace('.client.pcap', ''), l] as const))(
    '%s, both capture points together: all of both sides',
    async (_, { capture, expiries }) => {
      const found = await timersOf(capture, capture.file.replace('.client.', '.server.'));
      for (const sender of SENDERS) {
        const count = (all: readonly Expiry[]) => all.filter((e) => e.sender === sender).length;
        expect(count(found), sender).toBe(count(expiries));
      }
    },
  );

  test('there is enough of it', () => {
    const sides = logged.flatMap((one) => SENDERS.filter((s) => shows(one, s)));
    const seen = logged.flatMap((one) => one.expiries.filter((e) => shows(one, e.sender)));
    expect(logged.length).toBeGreaterThanOrEqual(180);
    expect(sides.length).toBeGreaterThanOrEqual(300);
    expect(seen.length).toBeGreaterThanOrEqual(110);
    expect(pairs.length).toBeGreaterThanOrEqual(40);
  });
});

test.each([
  // The final flight has no timer: each copy answers a copy of the flight before (RFC 6347 §4.2.4).
  [
    'openssl-loss-final-flight-x3.server.pcap',
    6,
    ['initial', 'peer-retransmission', 'peer-retransmission', 'peer-retransmission'],
  ],
  // A server that keeps no state answers each ClientHello, with a cookie or without one that it accepts.
  [
    'openssl-fail-cookie-mismatch-listen.client.pcap',
    2,
    ['initial', 'peer-retransmission', 'peer-retransmission', 'peer-retransmission', 'peer-retransmission'],
  ],
  // Mbed TLS answers a repeat at once; its own timer then starts anew, with the value that it had.
  ['mbedtls-lost-server-flight.server.pcap', 4, ['initial', 'peer-retransmission', 'timer', 'peer-retransmission']],
  // Both timers start together and expire together: each side repeats for itself.
  ['openssl-loss-cert-differs-on-retransmit.server.pcap', 4, ['initial', 'timer', 'timer', 'timer']],
  // The ACK names what had arrived, so the repeat has only the rest (RFC 9147 §7.2).
  ['wolfssl13-lost-ee-and-cv.server.pcap', 2, ['initial', 'partial-ack']],
  // The repeat has what the ACK before it named: it was the timer.
  ['wolfssl13-fail-sh-random-corrupted.client.pcap', 2, ['initial', 'timer', 'timer']],
])('%s: why flight %i was sent again', async (file, number, causes) => {
  const session = await openSession(file);
  const keys = KNOWN.find((c) => c.file === file)?.keys;
  if (keys) addKeys(session, keys);
  const flight = session.trace().associations[0]?.handshakes[0]?.flights.find((f) => f.number === number);
  expect(flight?.transmissions.map((t) => t.cause)).toEqual(causes);
});
