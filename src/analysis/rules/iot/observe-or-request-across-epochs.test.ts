import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';
import { isData } from './moved.test.helper.ts';

const FIRST = 'libcoap-openssl-psk-observe.pcap';
const SECOND = 'libcoap-openssl-psk-repeat-g3.pcap';

/** Both one after the other on the ports of the first. Both use the token 01 for their first request. */
async function oneAfterTheOther(change: (second: readonly EditedDatagram[]) => readonly EditedDatagram[]) {
  const [first, second] = [await datagramsOf(FIRST), await datagramsOf(SECOND)];
  const [hello, later] = [first[0], second[0]];
  if (!hello || !later) throw new Error('empty');
  const endMs = (first.at(-1)?.timeMs ?? 0) + 1000;
  const moved = change(second).map((d) => {
    const fromClient = d.source.port === later.source.port;
    return {
      ...d,
      timeMs: d.timeMs + endMs,
      source: fromClient ? hello.source : hello.destination,
      destination: fromClient ? hello.destination : hello.source,
    };
  });
  return diagnoseSources([captureOf([...first, ...moved])], [FIRST, SECOND]);
}

test('a response in the second association to a request of the first', async () => {
  const { finding, associations } = await oneAfterTheOther((second) => {
    const request = second.find((d) => isData(d) && d.source.port === second[0]?.source.port);
    return second.filter((d) => d !== request);
  });
  expect(associations).toHaveLength(2);
  expect(finding('observe-or-request-across-epochs')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(finding('observe-or-request-across-epochs')?.title).toContain('association a1');
});

test('near miss: the request was sent again under the new keys', async () => {
  const { rules, associations } = await oneAfterTheOther((second) => second);
  expect(associations).toHaveLength(2);
  expect(rules).not.toContain('observe-or-request-across-epochs');
});

test('near miss: notifications in the association of their request', async () => {
  expect((await diagnose(FIRST)).rules).not.toContain('observe-or-request-across-epochs');
});
