import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { formsOf, goalOf } from './go-to.ts';

const ONE = ['openssl-loss-final-flight-x3.client.pcap'];
const TWICE = [...ONE, 'openssl-loss-final-flight-x3.server.pcap'];
const SEVERAL = ['openssl-assoc-reboot-cookie.pcap'];

/** Where the typed text leads, as "a1 r15" or as what the page says. */
async function goTo(typed: string, files: readonly string[], shown = 0): Promise<string> {
  const session = await openSession(...files);
  const detail = detailsOf(session)[shown] ?? null;
  const goal = goalOf(typed, { ...session.trace(), detail });
  if (goal.is === 'nowhere') return goal.says;
  const there = goal.is === 'place' ? goal : session.find(goal.sought, detail?.association.id ?? null);
  return typeof there === 'string' ? there : `${there.association}${there.record === null ? '' : ` r${there.record}`}`;
}

test.each([
  ['17', 'a1 r17'],
  [' r17 ', 'a1 r17'],
  ['p15', 'a1 r20'],
  ['t0', 'a1 r1'],
  ['t1004', 'a1 r11'],
  ['3.0134s', 'a1 r20'],
  ['3013.3 ms', 'a1 r20'],
  ['a1', 'a1'],
  ['31', 'There is no record 31: this trace has records 1 to 30.'],
  ['0', 'There is no record 0: this trace has records 1 to 30.'],
  ['p26', 'There is no packet 26: the capture has packets 1 to 25.'],
  ['a2', 'There is no a2: there is only a1.'],
  ['t8000', 'This association ends at 7\u202f621 ms.'],
  ['A15', 'There is one capture point here: type p15 for the packet.'],
  ['x15', '“x” stands for nothing here. Type a record (1), a packet (p15), or a time in ms (t1004).'],
  ['over there', '“over there” is no number to go to. Type a record (1), a packet (p15), or a time in ms (t1004).'],
])('one association: %s leads to %s', async (typed, there) => {
  expect(await goTo(typed, ONE)).toBe(there);
});

test('with two capture points each has its own packet numbers', async () => {
  const [atA, atB] = [await goTo('A15', TWICE), await goTo('B18', TWICE)];
  expect(atA).toMatch(/^a1 r\d+$/);
  // The same Finished is packet 15 of the client's capture and packet 18 of the server's.
  expect(atB).toBe(atA);
  expect(await goTo('b 18', TWICE)).toBe(atB);
  expect(await goTo('A26', TWICE)).toBe('There is no packet A 26: the capture has packets 1 to 25.');
});

test('records of all associations can be gone to, whichever is shown', async () => {
  const session = await openSession(...SEVERAL);
  const [first, second] = detailsOf(session);
  const target = second?.records[3];
  expect(await goTo(`${target?.record}`, SEVERAL, 0)).toBe(`a2 r${target?.record}`);
  expect(await goTo(`p${first?.records[0]?.packet}`, SEVERAL, 1)).toBe('a1 r1');
  expect(formsOf({ ...session.trace(), detail: second ?? null })).toContain('an association (a1 to a2)');
});
