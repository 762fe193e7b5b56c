import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { number, recordsOf } from '../edit-messages.test.helper.ts';
import { again, at, renumbered } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'epoch-wrap-or-counter-exhaustion';
const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

/** The client's data, and ten more of it under numbers of their own. */
const withNumbers =
  (...numbers: readonly number[]) =>
  (d: EditedDatagram[]): EditedDatagram[] => {
    const client = at(d, 0).source.port;
    const data = d.find((one) => one.source.port === client && recordsOf(one.payload)[0]?.[0] === 23);
    if (!data) throw new Error('no data of the client');
    const end = at(d, -1).timeMs;
    const more = numbers.map((sequenceNumber, i) =>
      renumbered(again(data, end - data.timeMs + 10 * (i + 1)), () => ({ sequenceNumber })),
    );
    return [...d, ...more];
  };

test('more than half of the numbers are used up', async () => {
  const { finding } = await diagnose(FILE, { edit: withNumbers(2 ** 47 + 1, 2 ** 47 + 2), withoutKeys: true });
  expect(finding(ID)).toMatchObject({ severity: 'warning' });
});

test('the numbers come round', async () => {
  const { finding } = await diagnose(FILE, {
    edit: withNumbers(2 ** 48 - 2, 2 ** 48 - 1, 7),
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'security' });
  expect(finding(ID)?.title).toContain('came round');
});

test('epochs are used up', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (d) => d.map((one) => renumbered(one, ({ epoch }) => ({ epoch: epoch === 0 ? 0 : 65_534 }))),
    withoutKeys: true,
  });
  expect(finding(ID)?.title).toContain('epoch 65534');
});

test('near miss: one damaged header', async () => {
  const { rules } = await diagnose(FILE, { edit: withNumbers(2 ** 47 + 1), withoutKeys: true });
  expect(rules).not.toContain(ID);
});

test('near miss: a forged number that no key opens', async () => {
  const { rules } = await diagnose(FILE, { edit: withNumbers(2 ** 48 - 2, 2 ** 48 - 1) });
  expect(rules).not.toContain(ID);
});

test('near miss: ordinary numbers', async () => {
  const { rules } = await diagnose(FILE, {
    edit: (d) => {
      expect(d.every((one) => recordsOf(one.payload).every((r) => number(r, 5, 6) < 100))).toBe(true);
      return d;
    },
  });
  expect(rules).not.toContain(ID);
});
