/** What was worked out holds until something else is open; and only what changed is worked out again. */
import { expect, test } from 'vitest';
import { known, sourceOf, textOf } from '../../test/captures.ts';
import { parseKeyLog } from '../crypto/keylog.ts';
import { parsePsk } from '../crypto/psk.ts';
import { OpenTrace } from './open-trace.ts';
import { NO_KEYS, NOTHING_OPEN } from './what-is-open.ts';

const CAPTURE = 'openssl-psk-aes128-ccm8.pcap';

async function opened(): Promise<OpenTrace> {
  const trace = new OpenTrace({});
  await trace.read([sourceOf(CAPTURE)], { add: true });
  return trace;
}

const decrypted = (trace: OpenTrace) =>
  trace
    .analysed()
    .summary()
    .associations.map((a) => a.records.decrypted);

const given = () => {
  const parsed = parsePsk(known(CAPTURE).psk ?? '', { text: false, source: 'psk' });
  if (parsed.kind === 'unusable') throw new Error(parsed.message);
  return { ...NO_KEYS, psks: [parsed.psk] };
};

test('is worked out once', async () => {
  const trace = await opened();
  expect(trace.analysed()).toBe(trace.analysed());
  expect(decrypted(trace)).toEqual([0]);
});

test.each(['before', 'after'] as const)('a pre-shared key counts that is given %s somebody looks', async (when) => {
  const trace = await opened();
  if (when === 'after') trace.analysed();
  trace.change({ keys: given() });
  expect(decrypted(trace)).toEqual([known(CAPTURE).decryptable]);
});

test.each(['before', 'after'] as const)('a key log counts that is given %s somebody looks', async (when) => {
  const trace = await opened();
  if (when === 'after') trace.analysed();
  const log = parseKeyLog(textOf(known(CAPTURE).keys ?? ''), 'keys');
  trace.change({ keys: { ...NO_KEYS, logs: [log] } });
  expect(decrypted(trace)).toEqual([known(CAPTURE).decryptable]);
  trace.change({ keys: NO_KEYS });
  expect(decrypted(trace)).toEqual([0]);
});

test('keys leave the stream of datagrams as it is; other ports do not', async () => {
  const trace = await opened();
  trace.analysed();
  const { merged } = trace;
  trace.change({ keys: given() });
  trace.analysed();
  expect(trace.merged).toBe(merged);
  trace.change({ ports: new Set([4444]) });
  expect(trace.merged).toBeNull();
});

test('where it is lent, either may change without the other', async () => {
  const [trace, other] = [await opened(), new OpenTrace({})];
  trace.lendTo(other);
  other.change({ keys: given() });
  expect(decrypted(trace)).toEqual([0]);
  trace.change(NOTHING_OPEN);
  expect(decrypted(trace)).toEqual([]);
  expect(decrypted(other)).toEqual([known(CAPTURE).decryptable]);
});
