import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

function dataOf(datagrams: readonly EditedDatagram[]): EditedDatagram {
  const data = datagrams.find((d) => d.payload[0] === 23 && d.source.port === datagrams[0]?.source.port);
  if (!data) throw new Error('no data');
  return data;
}

/** The same record under another number: it opens with no key. */
function numbered(data: EditedDatagram, number: number, laterMs: number): EditedDatagram {
  const payload = data.payload.slice();
  new DataView(payload.buffer).setUint32(7, number);
  return { ...data, payload, timeMs: data.timeMs + laterMs };
}

const upTo = (datagrams: readonly EditedDatagram[], data: EditedDatagram) =>
  datagrams.filter((d) => d.timeMs <= data.timeMs);

test('a record that comes 90 places late', async () => {
  const { finding } = await diagnose(FILE, {
    edit: (datagrams) => {
      const data = dataOf(datagrams);
      const many = Array.from({ length: 100 }, (_, i) => numbered(data, 11 + i, 1 + i / 10));
      return [...upTo(datagrams, data), ...many, numbered(data, 10, 50)];
    },
    withoutKeys: true,
  });
  expect(finding('replay-window-drop')).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(finding('replay-window-drop')?.explanation).toContain('100 places late');
});

test('near miss: 40 places late is within the window', async () => {
  const { rules } = await diagnose(FILE, {
    edit: (datagrams) => {
      const data = dataOf(datagrams);
      const many = Array.from({ length: 40 }, (_, i) => numbered(data, 11 + i, 1 + i / 10));
      return [...upTo(datagrams, data), ...many, numbered(data, 10, 50)];
    },
    withoutKeys: true,
  });
  expect(rules).not.toContain('replay-window-drop');
});

function forged(datagrams: readonly EditedDatagram[], answered: boolean): readonly EditedDatagram[] {
  const data = dataOf(datagrams);
  const after = [100, 1000, 2000, 3000].map((ms, i) => numbered(data, 10 + i, ms));
  const answer = datagrams.find((d) => d.payload[0] === 23 && d.source.port === data.destination.port);
  const answers = answered && answer ? [numbered(answer, 10, data.timeMs - answer.timeMs + 3001)] : [];
  return [...upTo(datagrams, data), numbered(data, 2 ** 30, 50), ...after, ...answers];
}

test('a forged number far ahead, and from then on no answer', async () => {
  const { finding } = await diagnose(FILE, { edit: (d) => forged(d, false), withoutKeys: true });
  expect(finding('replay-window-drop')?.title).toMatch(/number 1073741824 nothing of the client is answered/);
});

test('near miss: the server goes on answering', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => forged(d, true), withoutKeys: true });
  expect(rules).not.toContain('replay-window-drop');
});
