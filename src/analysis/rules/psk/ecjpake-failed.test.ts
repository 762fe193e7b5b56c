import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const upToFinished = (d: readonly EditedDatagram[]): EditedDatagram[] => d.slice(0, d.findIndex(isFinished) + 1);
const isFinished = (d: EditedDatagram): boolean => d.payload.at(-53) === 22 && d.payload.at(-49) === 1;

test('the server says bad_record_mac', async () => {
  const { headline } = await diagnose('mbedtls-ecjpake.pcap', {
    edit: (d) => {
      const sent = upToFinished(d);
      const last = sent.at(-1);
      return last ? [...sent, refusedWith(last, 20)] : sent;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'ecjpake-failed', severity: 'failure', certainty: 'near-certain' });
  expect(headline?.title).toContain('passwords differ');
});

test('near miss: the right password', async () => {
  const { rules } = await diagnose('mbedtls-ecjpake.pcap');
  expect(rules).not.toContain('ecjpake-failed');
});

test('near miss: too early to tell', async () => {
  const { rules } = await diagnose('mbedtls-ecjpake.pcap', { edit: upToFinished, withoutKeys: true });
  expect(rules).not.toContain('ecjpake-failed');
});
