import { expect, test } from 'vitest';
import { datagramsOf } from '../../../../test/edited-capture.ts';
import { again, at } from '../renumber.test.helper.ts';
import { lastNumber, sealer } from '../resumption/sealed.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'close-not-understood';
const CLOSED = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const DATA = 23;

test('data after its own close_notify', async () => {
  const datagrams = await datagramsOf(CLOSED);
  const last = at(datagrams, -1);
  const { seal } = await sealer(CLOSED);
  const next = lastNumber(datagrams, at(datagrams, 0).source) + 1;
  const late = seal('client', last.timeMs + 40, DATA, next, new TextEncoder().encode('one more thing'));
  const { finding } = await diagnose(CLOSED, { edit: (d) => [...d, late] });
  expect(finding(ID)).toMatchObject({ severity: 'warning', certainty: 'seen' });
  expect(finding(ID)?.title).toContain('client sent 1 record');
});

test('without keys: alerts both ways, and then data', async () => {
  const { finding } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => [...d.slice(0, 11), again(at(d, 8), 200, 9)],
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ certainty: 'inferred' });
  expect(finding(ID)?.title).toContain('server sent 1 record');
});

test('near miss: the network delivers data late that was sent before the close', async () => {
  const { rules } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => {
      const data = at(d, 7);
      return [...d.slice(0, 7), ...d.slice(8, 11), { ...data, timeMs: at(d, 10).timeMs + 5 }];
    },
  });
  expect(rules).not.toContain(ID);
});

test('near miss: closed both ways, and nothing after it', async () => {
  const { rules } = await diagnose(CLOSED);
  expect(rules).not.toContain(ID);
});

test('near miss: a new association on the same ports', async () => {
  const { rules } = await diagnose('tinydtls-close-then-again.pcap');
  expect(rules).not.toContain(ID);
});
