import { expect, test } from 'vitest';
import { sharedFacts } from './shared-text.ts';

const SHARED = {
  from: 'link',
  packets: 21,
  secrets: 0,
  messages: 0,
  notes: [],
  redactions: {
    scope: 'association',
    applicationData: 'marks',
    addresses: 'replaced',
    clock: 'relative',
    names: 'kept',
    certificates: 'kept',
  },
} as const;

test('the least that is shared', () => {
  expect(sharedFacts(SHARED, 26)).toEqual([
    '21 packets, 26 records',
    'addresses replaced',
    'times relative',
    'no application data',
    'no keys',
  ]);
});

test('secrets are named before all else that can be told of keys, and where it is kept', () => {
  const redactions = { ...SHARED.redactions, scope: 'time-range', applicationData: 'bodies', names: 'blanked' };
  expect(sharedFacts({ ...SHARED, from: 'server', secrets: 2, messages: 3, notes: [1], redactions }, 1)).toEqual([
    '21 packets, 1 record',
    'part of the time',
    'addresses replaced',
    'times relative',
    'names blanked',
    'with 2 secrets: whoever has this can decrypt it',
    'kept, encrypted, on the server of this page',
    '1 note by the sender',
  ]);
  expect(sharedFacts({ ...SHARED, messages: 3 }, 1)).toContain('3 messages as the sender decrypted them');
});
