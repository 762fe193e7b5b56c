import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'server-ignores-repeated-clienthello-after-hvr';
const FILE = 'bc-fail-server-silent.server.pcap';
const SERVER_PORT = 30_018;

/** Only the first HelloVerifyRequest ever leaves. */
function onlyOneAnswer(datagrams: readonly EditedDatagram[]): EditedDatagram[] {
  return datagrams.filter((d, i) => d.source.port !== SERVER_PORT || i === 1);
}

/** As hops are counted near the server, or near the client. */
const captured = (near: 'client' | 'server') => (d: EditedDatagram) => ({
  ...d,
  ttl: (d.source.port === SERVER_PORT) === (near === 'server') ? 64 : 57,
});

test('at the server: the repeats arrive, and nothing leaves', async () => {
  const { headline } = await diagnose(FILE, { edit: (d) => onlyOneAnswer(d).map(captured('server')) });
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'near-certain',
    title: 'After one HelloVerifyRequest the server ignores the ClientHello that is repeated 4 times',
  });
});

test('elsewhere it is only inferred', async () => {
  const { headline } = await diagnose(FILE, { edit: onlyOneAnswer });
  expect(headline).toMatchObject({ certainty: 'inferred' });
});

test('near miss: at the client the HelloVerifyRequest has arrived, and the client is to blame', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => onlyOneAnswer(d).map(captured('client')) });
  expect(rules).not.toContain(ID);
  expect(rules).toContain('client-ignores-hvr');
});

test('near miss: every repeat is answered', async () => {
  const { rules } = await diagnose(FILE);
  expect(rules).not.toContain(ID);
});

test('near miss: one repeat, and the capture ends', async () => {
  const { rules } = await diagnose(FILE, { edit: (d) => onlyOneAnswer(d).slice(0, 3) });
  expect(rules).not.toContain(ID);
});
