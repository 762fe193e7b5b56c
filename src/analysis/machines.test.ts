/**
 * The machines against what the endpoints wrote down themselves: when their timers expired and when their handshakes
 * were done. Seen from the endpoint's own end, where nothing of its own can be missing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KNOWN, type KnownCapture, SAMPLES } from '../../test/captures.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { MachineStepView } from './story.ts';
import type { AssociationDetail, Sender } from './trace.ts';

interface Logged {
  /** Seconds since 1970, on the clock of the capture. */
  readonly t: number;
  readonly ep: string;
  readonly ev: string;
}

function logOf({ log }: KnownCapture): readonly Logged[] {
  if (!log) return [];
  const lines = readFileSync(join(SAMPLES, 'corpus', 'truth', log), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line): Logged => JSON.parse(line));
}

/** Captures at one end of a proxied run, with the log of that end. */
const LOGGED = KNOWN.filter(
  (k) =>
    (k.vantage === 'client' || k.vantage === 'server') &&
    /^openssl-.*\.(client|server)\.pcap$/.test(k.file) &&
    logOf(k).some((e) => e.ep === k.vantage && e.ev === 'start'),
);

async function told({
  file,
  keys,
}: KnownCapture): Promise<{ details: AssociationDetail[]; startS: number; endS: number }> {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  const [capture] = session.trace().captures;
  const seconds = (time: string | null | undefined) => Date.parse(time ?? '') / 1000;
  return { details: detailsOf(session), startS: seconds(capture?.firstTime), endS: seconds(capture?.lastTime) };
}

/** A log line and the packet that it is about are this far apart, on a machine that does other things, too. */
const APART_S = 0.05;

function timesOf(
  steps: readonly MachineStepView[],
  startS: number,
  fits: (step: MachineStepView) => boolean,
): number[] {
  return steps.filter(fits).map((step) => startS + step.timeMs / 1000);
}

/** Both lists in milliseconds from the start; what is as near as it can be is the same. */
function compared(shown: readonly number[], logged: readonly number[], startS: number): [number[], number[]] {
  const inOrder = shown.toSorted((a, b) => a - b);
  const ms = (t: number) => Math.round((t - startS) * 1000);
  const near = (t: number, l: number | undefined) => (l !== undefined && Math.abs(l - t) <= APART_S ? l : t);
  return [inOrder.map((t, i) => ms(near(t, logged[i]))), logged.map(ms)];
}

const steps = (details: readonly AssociationDetail[], of: Sender): MachineStepView[] =>
  details.flatMap((d) => d.machines[of]);

test('there are many logs to hold them against', () => {
  expect(LOGGED.length).toBeGreaterThan(50);
});

describe.each(LOGGED)('$file', (capture) => {
  const of: Sender = capture.vantage === 'client' ? 'client' : 'server';
  const logged = (ev: string, endS: number) =>
    logOf(capture)
      .filter((e) => e.ep === of && e.ev === ev && e.t <= endS + APART_S)
      .map((e) => e.t);

  test('a timer expires when the endpoint says so', async () => {
    const { details, startS, endS } = await told(capture);
    const expired = timesOf(steps(details, of), startS, (s) => s.cause === 'timer expired');
    const [shown, true_] = compared(expired, logged('retransmit', endS), startS);
    expect(shown).toEqual(true_);
  });

  test('it has finished when the endpoint says so', async () => {
    const { details, startS, endS } = await told(capture);
    // This program logs no hs_ok at a server whose client renegotiates.
    const all = steps(details, of).filter((s) => of === 'client' || s.handshake === 1);
    // The last flight that is sent again ends in FINISHED again.
    const finished = timesOf(
      all,
      startS,
      (s) => s.state === 'FINISHED' && (s.attempt === 1 || !s.cause.endsWith('sent')),
    );
    const [shown, true_] = compared(finished, logged('hs_ok', endS), startS);
    expect(shown).toEqual(true_);
  });

  test('it keeps to the figure of RFC 6347', async () => {
    const { details } = await told(capture);
    const all = (['client', 'server'] as const).flatMap((side) => steps(details, side));
    expect(all.flatMap((s) => s.violation ?? [])).toEqual([]);
    expect(all.length).toBeGreaterThan(0);
  });
});

const states = (list: readonly MachineStepView[]) => list.map((s) => `${s.state} ${s.flight}.${s.attempt}`);

async function detailsOfFiles(files: readonly string[], keys?: string): Promise<AssociationDetail> {
  const session = await openSession(...files);
  if (keys) addKeys(session, keys);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error(`no association in ${files.join(', ')}`);
  return detail;
}

describe('with a capture at each end', () => {
  const BOTH = ['openssl-loss-flight4.client.pcap', 'openssl-loss-flight4.server.pcap'];

  test('what arrived is seen, and when it arrived', async () => {
    const { machines } = await detailsOfFiles(BOTH, 'openssl-loss-flight4.keys');
    const received = [...machines.client, ...machines.server].filter((s) => s.cause.startsWith('received flight'));
    expect(received.map((s) => s.certainty)).toEqual(received.map(() => 'seen'));
    expect(received.map((s) => s.inferred)).toEqual(received.map(() => false));
    // Flight 4 was lost once, 2 ms after the start; what the client answered is the repeat of a second later.
    const prepared = machines.client.find((s) => s.state === 'PREPARING' && s.flight === 5);
    expect(prepared?.timeMs).toBeGreaterThan(1000);
  });

  test('a last flight that never came to the other end finishes nobody there', async () => {
    const name = 'openssl-loss-downlink-dead-after-sh';
    const { machines } = await detailsOfFiles([`${name}.client.pcap`, `${name}.server.pcap`], `${name}.keys`);
    expect(machines.server.at(-1)).toMatchObject({ state: 'FINISHED', flight: 6, attempt: 4 });
    expect(machines.client.at(-1)).toMatchObject({ state: 'WAITING', flight: 5, attempt: 4 });
  });

  test('from one end alone the same reception is inferred', async () => {
    const { machines } = await detailsOfFiles(['openssl-loss-flight4.server.pcap']);
    const prepared = machines.client.find((s) => s.state === 'PREPARING' && s.flight === 5);
    expect(prepared).toMatchObject({ certainty: 'inferred', inferred: true });
    expect(prepared?.timeMs).toBeGreaterThan(1000);
  });
});

describe('other stacks', () => {
  test('wolfSSL repeats flights that nothing asked for, right after its timer', async () => {
    const { machines } = await detailsOfFiles(
      ['wolfssl12-lost-ccs-finished.server.pcap'],
      'wolfssl12-lost-ccs-finished.keys',
    );
    const broken = machines.server.filter((s) => s.violation !== null);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ state: 'SENDING', flight: 4 });
    expect(broken[0]?.violation).toContain('its timer cannot have expired');
  });

  test('a GnuTLS server that says nothing more after a wrong Finished has given up, or so it seems', async () => {
    const { machines } = await detailsOfFiles(['gnutls-fail-psk-wrong-key.pcap']);
    expect(machines.server.at(-1)).toMatchObject({ state: 'ABANDONED', flight: 4, inferred: true, packet: null });
    // The client goes on repeating to the end of the capture.
    expect(machines.client.at(-1)?.state).toBe('WAITING');
    expect(machines.client.filter((s) => s.cause === 'timer expired')).toHaveLength(4);
  });

  test('a client that hears nothing waits to the end of the capture, and is not said to have given up', async () => {
    const { machines } = await detailsOfFiles(['openssl-fail-server-silent.pcap']);
    expect(machines.client.at(-1)).toMatchObject({ state: 'WAITING', flight: 1, attempt: 6 });
  });

  test('a capture that begins after the handshake shows both FINISHED when they first write', async () => {
    const { machines } = await detailsOfFiles(['E2_midstream_only.pcap']);
    for (const side of [machines.client, machines.server]) {
      expect(side[0]).toMatchObject({ state: 'FINISHED', flight: 0, attempt: 0, certainty: 'near-certain' });
    }
  });
});

describe('without keys', () => {
  test('a client of DTLS 1.3 has finished when the server writes after its last flight', async () => {
    const { machines } = await detailsOfFiles(['wolfssl13-clean-aes128gcm.pcap']);
    expect(states(machines.client).slice(0, 7)).toEqual([
      'PREPARING 1.1',
      'SENDING 1.1',
      'WAITING 1.1',
      'PREPARING 3.1',
      'SENDING 3.1',
      'WAITING 3.1',
      'FINISHED 3.1',
    ]);
    expect(machines.client[6]?.certainty).toBe('inferred');
  });

  test('an encrypted alert with which one side ends closes it, or so it seems', async () => {
    const { machines } = await detailsOfFiles(['openssl-ecdhe-ecdsa-aes128-gcm.pcap']);
    expect(machines.client.at(-1)).toMatchObject({ state: 'CLOSED', inferred: true });
    const open = await detailsOfFiles(['openssl-psk-aes128-ccm8.pcap'], 'openssl-psk-aes128-ccm8.keys');
    expect(open.machines.client.at(-1)).toMatchObject({ state: 'CLOSED', certainty: 'seen' });
  });
});
