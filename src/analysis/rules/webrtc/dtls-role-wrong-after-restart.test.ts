import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { inOrder } from './made-media.test.helper.ts';

const FILE = 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap';
/** Ports after the restart of ICE, which comes at 1.04 s; data go on at 4 s. */
const AFTER = { source: { address: '10.9.1.2', port: 37709 }, destination: { address: '10.9.0.2', port: 47228 } };

/** Client hellos with another random, on these ports at these times. */
function hellos(datagrams: readonly EditedDatagram[], path: typeof AFTER, times: readonly number[]): EditedDatagram[] {
  const hello = datagrams.find(has(CLIENT_HELLO));
  if (!hello) return [];
  return times.map((timeMs, i) => {
    const payload = hello.payload.slice();
    payload.fill(0xaa, 27, 59);
    payload[10] = i;
    return { ...path, payload, timeMs };
  });
}

test('a ClientHello on the new ports, while the other side goes on with the old keys', async () => {
  const { headline } = await diagnose(FILE, { edit: (d) => inOrder([...d, ...hellos(d, AFTER, [1500, 2500, 3500])]) });
  expect(headline).toMatchObject({ rule: 'dtls-role-wrong-after-restart', severity: 'failure' });
});

test('near miss: the same ClientHello, but ICE was never restarted', async () => {
  const { rules } = await diagnose(FILE, {
    edit: (datagrams) => {
      const before = datagrams.filter((d) => d.timeMs < 1000);
      const [first] = before.filter(has(CLIENT_HELLO));
      const path = first ? { source: first.source, destination: first.destination } : AFTER;
      const data = before.filter((d) => d.payload[0] === 23).map((d) => ({ ...d, timeMs: d.timeMs + 3000 }));
      return inOrder([...before.filter((d) => d.payload[0] !== 23), ...hellos(before, path, [1500, 2500]), ...data]);
    },
  });
  expect(rules).not.toContain('dtls-role-wrong-after-restart');
});

test.each([
  FILE,
  'ice-restart-same-dtls-chromium-firefox.offerer.pcap',
  'rtc-new-association-same-ports-firefox.offerer.pcap',
  'glare-firefox-both-active.offerer.pcap',
])('near miss: %s', async (file) => {
  expect((await diagnose(file)).rules).not.toContain('dtls-role-wrong-after-restart');
});
