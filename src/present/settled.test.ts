import { describe, expect, test } from 'vitest';
import { addKeys, openSession } from '../../test/open-session.ts';
import { seenTwice } from './capture-points.ts';
import { type Settled, settledQuestions } from './settled.ts';

/** What the two captures settle, the first of them being A. */
async function settled(run: string, ends: readonly [string, string], asked = true): Promise<readonly Settled[]> {
  const session = await openSession(...ends.map((end) => `${run}.${end}.pcap`));
  addKeys(session, `${run}.keys`);
  const { points, associations } = session.trace();
  const id = associations[0]?.id ?? '';
  const detail = session.association(id);
  const twice = detail && seenTwice(detail, points);
  if (!points || !detail || !twice) throw new Error(`${run} was not recognised as seen from two points`);
  return settledQuestions({ detail, alone: asked ? session.alone(id) : null, twice, points });
}

function told(rows: readonly Settled[]): string[][] {
  return rows.map(({ question, alone, both }) => [
    question,
    alone ? `${alone.certainty ?? '?'}: ${alone.says}` : '…',
    `${both.certainty}: ${both.says}`,
  ]);
}

const X3 = 'openssl-loss-final-flight-x3';
const thin = (text: string) => text.replaceAll(' ', '\u202f').replace('\u202fms', ' ms');

describe('the server’s last flight is lost three times', () => {
  test('at the receiver gaps become records, and bounds become times', async () => {
    expect(told(await settled(X3, ['client', 'server']))).toEqual([
      ['Were records 5, 6, 1:0, 8, 10 sent?', 'near-certain: yes, by gaps', 'seen: yes, B 6, B 11, B 17'],
      ['What were they?', 'near-certain: the same', 'seen: NewSessionTicket, CCS, Finished'],
      ['Where were they lost?', 'near-certain: before A', 'proven: between B and A'],
      ['Server FINISHED when?', `seen: before ${thin('1 006.016 ms')}`, 'proven: 3.922 ms'],
      ['Did flight 5 arrive each time?', 'inferred: 2 of 4, 2 not told', 'proven: yes, 4 of 4'],
      ['Did flight 6 arrive each time?', 'near-certain: 1 of 3 seen', 'proven: 1 of 4 whole'],
    ]);
  });

  test('at the sender all is there, and what became of it is settled', async () => {
    expect(told(await settled(X3, ['server', 'client']))).toEqual([
      ['Did records 5, 6, 1:0, 8, 10 arrive?', 'inferred: no', 'proven: no, never at B'],
      ['Where were they lost?', 'inferred: after A', 'proven: between A and B'],
      ['Client FINISHED when?', `near-certain: after ${thin('7 018.039 ms')}`, `proven: ${thin('7 018.121 ms')}`],
      ['Did flight 5 arrive each time?', 'near-certain: 1 of 4, 3 not told', 'proven: yes, 4 of 4'],
      ['Did flight 6 arrive each time?', 'inferred: 1 of 4', 'proven: 1 of 4 whole'],
    ]);
  });

  test('each answer of both leads to a record that shows it', async () => {
    const rows = await settled(X3, ['client', 'server']);
    expect(rows.map(({ both }) => both.record)).toEqual([11, 11, null, 13, 8, 11]);
  });

  test('until A has been asked its column is empty', async () => {
    const rows = await settled(X3, ['client', 'server'], false);
    expect(new Set(rows.map(({ alone }) => alone))).toEqual(new Set([null]));
  });
});

test('behind a NAT, with losses both ways, one point knows of a part of them', async () => {
  const rows = told(await settled('nat-pair-loss-dtls12', ['inside', 'outside']));
  expect(rows).toContainEqual([
    'Did client records 1:3, 1:6, 1:21, 1:23, 1:28 arrive?',
    '?: not told',
    'proven: no, never at B',
  ]);
  expect(rows).toContainEqual([
    'Were server records 1:1, 1:10, 1:25 sent?',
    'near-certain: 2 of 3, by gaps',
    'seen: yes, B 7, B 25, B 55',
  ]);
  // The last one was sent when A may not have been recording any more.
  expect(rows).toContainEqual([
    'Where were the server’s lost?',
    'near-certain: before A (2 of 3)',
    'inferred: between B and A, 2 of 3 proven',
  ]);
});

test('copies that the sender’s point does not have were made on the way', async () => {
  const rows = told(await settled('openssl-dup-all', ['client', 'server']));
  expect(rows).toContainEqual(['Who made 20 copies?', 'inferred: network 13', 'inferred: network 19, sender 1']);
});

test('of a clean run two points settle that nothing was lost', async () => {
  const [first] = told(await settled('firefox-webrtc-proxied', ['client', 'server']));
  expect(first).toEqual([
    'Was anything lost on the way?',
    'inferred: no sign of it',
    expect.stringMatching(/^proven: no, all \d+ records arrived$/),
  ]);
});
