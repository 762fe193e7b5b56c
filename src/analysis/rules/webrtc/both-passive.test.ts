import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';
import { isDtls, isStun, rtp } from './made-media.test.helper.ts';

const FILE = 'firefox-webrtc-dc.pcap';

/** Checks alone, and again and again for some seconds, as consent to receive asks for them. */
function checksFor(datagrams: readonly EditedDatagram[], seconds: number): EditedDatagram[] {
  const checks = datagrams.filter(isStun);
  return Array.from({ length: seconds + 1 }, (_, i) =>
    checks.map((d) => ({ ...d, timeMs: d.timeMs + i * 1000 })),
  ).flat();
}

test('the path is alive for six seconds, and nobody begins', async () => {
  const { finding, headline } = await diagnose(FILE, { edit: (d) => checksFor(d, 6) });
  expect(finding('both-passive')).toMatchObject({ severity: 'failure', certainty: 'inferred' });
  expect(headline?.rule).toBe('both-passive');
});

test('near miss: only three seconds', async () => {
  expect((await diagnose(FILE, { edit: (d) => checksFor(d, 3) })).rules).not.toContain('both-passive');
});

test('near miss: there is DTLS between the two', async () => {
  const edit = (d: EditedDatagram[]) => [...checksFor(d, 8), ...d.filter(isDtls)].sort((x, y) => x.timeMs - y.timeMs);
  expect((await diagnose(FILE, { edit })).rules).not.toContain('both-passive');
});

test('near miss: media both ways have their keys from elsewhere', async () => {
  const edit = (d: EditedDatagram[]) => {
    const [first] = d;
    if (!first) return [];
    const media = [rtp(first, 100), rtp({ ...first, source: first.destination, destination: first.source }, 101)];
    return [...checksFor(d, 6), ...media].sort((x, y) => x.timeMs - y.timeMs);
  };
  expect((await diagnose(FILE, { edit })).rules).not.toContain('both-passive');
});
