/** Timers of real stacks: the schedule that the repeats show, and that the stack which made them is among those it fits. */
import { beforeAll, describe, expect, test } from 'vitest';
import { KNOWN, type KnownCapture } from '../../test/captures.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { TimerView } from './story.ts';
import type { Sender } from './trace.ts';

/** How the manifest names a stack, and how STACKS does. */
const NAMES: readonly (readonly [RegExp, RegExp])[] = [
  [/libcoap.*openssl/, /^OpenSSL$/],
  [/libcoap.*gnutls/, /^GnuTLS$/],
  [/^OpenSSL/, /^OpenSSL$/],
  [/^GnuTLS/, /^GnuTLS$/],
  [/^wolfSSL/, /^wolfSSL$/],
  [/^Mbed TLS/, /^Mbed TLS$/],
  [/Scandium/, /^Scandium$/],
  [/^pion/, /^pion$/],
  [/^BouncyCastle/, /^BouncyCastle$/],
  [/NSS/, /^NSS/],
  [/^Chromium/, /^Chrome/],
  [/tinydtls/, /^tinydtls$/],
  [/^werift/, /^werift$/],
];

/** Where what the capture shows is not the schedule of the stack. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'gnutls-loss-rand20.client.pcap client',
    'its first repeat came 0.3 s late: gnutls-cli waits on standard input and looks at its timer only now and then',
  ],
]);

/** Captures in which something may have been repeated; the others cost time and tell nothing. */
const MAY_REPEAT =
  /loss|lost|fail|silent|delay|dup|corrupt|mtu|rand|interval|reorder|truncate|hvr|reboot|proxied|server-dies|mismatch|closed|nat-pair|icetcp|webrtc/;

interface Told {
  readonly capture: KnownCapture;
  readonly of: Sender;
  readonly stack: string;
  readonly timer: TimerView | null;
}

const told: Told[] = [];

beforeAll(async () => {
  for (const capture of KNOWN) {
    if (capture.text || !MAY_REPEAT.test(capture.file)) continue;
    const session = await openSession(capture.file);
    if (capture.keys) addKeys(session, capture.keys);
    for (const { timers } of detailsOf(session))
      for (const of of ['client', 'server'] as const)
        told.push({ capture, of, stack: capture[of] ?? '', timer: timers[of] });
  }
}, 120_000);

describe('over the collection', () => {
  test('the stack that repeated is among those that its waits are consistent with', () => {
    const wrong: string[] = [];
    let right = 0;
    for (const { capture, of, stack, timer } of told) {
      const name = NAMES.find(([known]) => known.test(stack))?.[1];
      if (!timer || !name || EXCEPTIONS.has(`${capture.file} ${of}`)) continue;
      if (timer.consistentWith.some((n) => name.test(n))) right++;
      else
        wrong.push(`${capture.file} ${of}: ${stack} is not in ${timer.consistentWith.join(', ')} for ${timer.samples}`);
    }
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(200);
  });

  test('nobody gets a timer who did not repeat by one', () => {
    const madeUp = told.filter(({ capture, of, timer }) => timer && capture.retransmissionsByTimer?.[of] === 0);
    expect(madeUp.map(({ capture, of }) => `${capture.file} ${of}`)).toEqual([]);
  });

  test('whoever did, as its log says, gets one from its own end, where all that it sent is captured', () => {
    const missing = told.filter(
      ({ capture, of, timer }) =>
        !timer &&
        capture.vantage === of &&
        (capture.retransmissionsByTimer?.[of] ?? 0) > 0 &&
        capture.file.startsWith('openssl-loss-'),
    );
    // The handshake before the resumed one repeated nothing: it is another association of these files.
    expect(missing.map(({ capture, of }) => `${capture.file} ${of}`)).toEqual([
      'openssl-loss-resume-client-final.server.pcap server',
      'openssl-loss-resume-server-flight.client.pcap client',
      'openssl-loss-resume-server-flight.server.pcap server',
    ]);
  });

  test('the exceptions are exceptions', () => {
    for (const where of EXCEPTIONS.keys()) {
      const [file, of] = where.split(' ');
      const one = told.find(({ capture, of: side }) => capture.file === file && side === of);
      const name = NAMES.find(([known]) => known.test(one?.stack ?? ''))?.[1];
      expect(
        one?.timer?.consistentWith.some((n) => name?.test(n)),
        where,
      ).toBe(false);
    }
  });
});

function timerIn(file: string, of: Sender): TimerView {
  const found = told.find((t) => t.capture.file === file && t.of === of && t.timer);
  if (!found?.timer) throw new Error(`no timer of the ${of} in ${file}`);
  return found.timer;
}

describe('single captures', () => {
  test('OpenSSL doubles a second', () => {
    const timer = timerIn('openssl-loss-uplink-flight5-forever.server.pcap', 'server');
    expect(timer).toMatchObject({ initial: 1.002, factor: 2, samples: [1.002, 2.002, 4.004, 8.008] });
    expect(timer.consistentWith).toContain('OpenSSL');
    expect(timer.consistentWith).not.toContain('tinydtls');
  });

  test('its nonces are counted from a start of their own, which Mbed TLS, pion and GnuTLS do not do', () => {
    const timer = timerIn('openssl-loss-flight4.server.pcap', 'server');
    expect(timer.consistentWith).toContain('OpenSSL');
    for (const other of ['Mbed TLS', 'pion', 'GnuTLS', 'BouncyCastle'])
      expect(timer.consistentWith).not.toContain(other);
    expect(timer.hints.join(' ')).toContain('Explicit nonces are counted');
  });

  test('a client that says hello in vain: five clean waits, and the record version rules out those that write another', () => {
    const timer = timerIn('openssl-fail-server-silent.pcap', 'client');
    expect(timer.samples).toHaveLength(5);
    expect(timer.factor).toBe(2);
    expect(timer.consistentWith).toEqual(['OpenSSL', 'LibreSSL', 'GnuTLS', 'BouncyCastle']);
    expect(timer.hints.join(' ')).toContain('0xfeff');
    expect(timer.remarks).toEqual([]);
  });

  test('GnuTLS in blocking mode waits half as long again', () => {
    const timer = timerIn('gnutls-fail-no-common.pcap', 'client');
    expect(timer.samples).toEqual([1.032, 3.01, 6.022]);
    expect(timer.consistentWith).toEqual(['GnuTLS']);
    expect(timer.hints).toContain('The waits are those of GnuTLS in blocking mode.');
  });

  test('a deadline cuts the last wait of BouncyCastle short', () => {
    const timer = timerIn('bc-client-reboot-cookie-ignored.client.pcap', 'client');
    expect(timer.samples).toEqual([1.002, 2.003, 1.996]);
    expect(timer.consistentWith).toContain('BouncyCastle');
    expect(timer.remarks.join(' ')).toContain('a limit for the whole handshake');
  });

  test('where the application sets the first wait, those that let it are named, and that it is not their default', () => {
    const timer = timerIn('californium-fail-server-silent.client.pcap', 'client');
    expect(timer).toMatchObject({ initial: 0.503, factor: 2, samples: [0.503, 1.002, 2.001] });
    expect(timer.consistentWith).toContain('Scandium');
    expect(timer.hints.join(' ')).toContain('not the default of');
  });

  test('Firefox begins with 50 ms', () => {
    const timer = timerIn('firefox-webrtc-loss-ch-fragment.client.pcap', 'client');
    expect(timer.initial).toBe(0.052);
    expect(timer.factor).toBeNull();
    expect(timer.consistentWith).toContain('NSS (Firefox)');
  });

  test('waits in which something came are used where they go on as the schedule does, and that is said', () => {
    const timer = timerIn('openssl-loss-final-flight-x3.client.pcap', 'client');
    expect(timer).toMatchObject({ initial: 1.001, factor: 2, samples: [1.001, 2.008, 4.004] });
    expect(timer.remarks.join(' ')).toContain('may have moved the timer');
  });

  test('a repeat that was lost before the capture does not make a wait twice as long', () => {
    // Of the six transmissions of the client the capture at the server has the second and the third.
    const timer = timerIn('openssl-rand50-seed3.server.pcap', 'client');
    expect(timer.consistentWith).toContain('OpenSSL');
  });
});
