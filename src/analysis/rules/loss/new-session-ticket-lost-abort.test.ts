import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

/** The NewSessionTicket is cut out of the server's last flight, and the client answers with an alert. */
const withoutTicket = (code: number) =>
  diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (all) => {
      const at = all.findIndex(({ payload }) => payload[0] === 22 && payload[13] === 4);
      const last = all[at];
      const client = all[0];
      if (!last || !client) throw new Error('the capture is another one');
      const ticket = 13 + new DataView(last.payload.buffer, last.payload.byteOffset).getUint16(11);
      const alert = Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, code);
      return [
        ...all.slice(0, at),
        { ...last, payload: last.payload.slice(ticket) },
        { ...client, timeMs: last.timeMs + 1, payload: alert },
      ];
    },
    withoutKeys: true,
  });

test('unexpected_message right after the ChangeCipherSpec', async () => {
  const { headline } = await withoutTicket(10);
  expect(headline).toMatchObject({ rule: 'new-session-ticket-lost-abort', severity: 'failure' });
});

test('near miss: an alert that means something else', async () => {
  expect((await withoutTicket(42)).rules).not.toContain('new-session-ticket-lost-abort');
});

test('near miss: a lost ticket for which the client waits', async () => {
  const { rules } = await diagnose('openssl-reorder-s-ccs-finished.client.pcap');
  expect(rules).not.toContain('new-session-ticket-lost-abort');
});
