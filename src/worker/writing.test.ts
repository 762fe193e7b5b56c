/** What the page may ask to be written, and what it gets. */
import { describe, expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import { WorkerCore } from './core.ts';
import type { FromWorker, WriteRequest } from './protocol.ts';
import { write } from './writing.ts';

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;
const request = (what: WriteRequest['what'], association: string | null = 'a1'): WriteRequest => ({
  what,
  association,
  data: false,
  generator: 'dtlscope test',
});
const goOn = () => false;

describe('a request', () => {
  test.each(['html', 'markdown', 'json', 'packets', 'packetsWithKeys', 'plaintext', 'keys'] as const)(
    '%s gives one file',
    async (what) => {
      const files = await write(await openSession(...LOSS), request(what), goOn);
      if (typeof files === 'string') throw new Error(files);
      expect(files).toHaveLength(1);
      expect(files[0]?.blob.size).toBeGreaterThan(100);
      const packets = { packets: 25, packetsWithKeys: 25, plaintext: 2 }[what as string] ?? null;
      expect(files[0]?.packets).toBe(packets);
    },
  );

  test.each([
    ['packetsWithKeys', 'No key opened anything, so that there is none to write.'],
    ['keys', 'No key opened anything, so that there is none to write.'],
    ['plaintext', 'No application data could be decrypted.'],
  ] as const)('%s without keys is answered by a sentence', async (what, sentence) => {
    expect(await write(await openSession(LOSS[0]), request(what), goOn)).toBe(sentence);
  });

  test('of an association that is gone is answered by a sentence', async () => {
    const session = await openSession(LOSS[0]);
    expect(await write(session, request('html', 'a9'), goOn)).toBe('There is no association a9 any more.');
    expect(await write(session, request('packets', 'a9'), goOn)).toBe('There is no packet to write.');
  });
});

test('the worker hands the files on, and a bug of the writer does not end it', async () => {
  const session = await openSession(LOSS[0]);
  const posted: FromWorker[] = [];
  let broken = false;
  const core = new WorkerCore(session, (message) => posted.push(message), {
    write: async (asked, cancelled) => {
      if (broken) throw new Error('broken');
      return write(session, asked, cancelled);
    },
  });
  await core.receive({ do: 'write', job: 1, request: request('packets') });
  broken = true;
  await core.receive({ do: 'write', job: 2, request: request('packets') });
  await core.receive({ do: 'association', job: 3, id: 'a1', around: null });
  expect(posted.map(({ is, job }) => [is, job])).toEqual([
    ['written', 1],
    ['crashed', 2],
    ['association', 3],
  ]);
});
