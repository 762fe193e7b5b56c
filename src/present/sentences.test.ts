import { expect, test } from 'vitest';
import type { AssociationDetail } from '../analysis/trace.ts';
import { rolesOf, rowSentence } from './sentences.ts';
import { sequenceRows, wordBursts } from './sequence-rows.ts';
import { failed, finalFlightLost, fragmentedCertificate, manyRecords, withoutKeys } from './sequence-stories-told.ts';

function spoken(detail: AssociationDetail, silentMs: number | null = null): string[] {
  const { association } = detail;
  const rows = sequenceRows(wordBursts(detail), { fits: () => true, open: new Set() });
  return rows.map((row) => rowSentence(row, { roles: rolesOf(association), originMs: association.startMs, silentMs }));
}

test('a record, who sent it, when, what it is, and where it belongs', () => {
  expect(spoken(finalFlightLost())[0]).toBe(
    'Record 1, client to server, at 0 milliseconds, ClientHello, flight 1, epoch 0, message_seq 0',
  );
});

test('a burst names its records and messages, a repeat its number', () => {
  expect(spoken(finalFlightLost(), 1001.364)[5]).toBe(
    'Records 11 to 13, client to server, at 1\u202f005 milliseconds, ClientKeyExchange, ChangeCipherSpec, Finished, ' +
      'retransmission 2 of flight 5, epochs 0 and 1, folded, after 1\u202f001 milliseconds of silence',
  );
});

test('fragments are counted', () => {
  expect(spoken(fragmentedCertificate())[2]).toBe(
    'Records 4 to 7, server to client, at 1.3 milliseconds, Certificate fragments 1 to 4 of 4, flight 2, epoch 2',
  );
});

test('alerts, times since the association began', () => {
  expect(spoken(failed())[1]).toBe(
    'Record 2, server to client, at 0.9 milliseconds, alert handshake_failure fatal, epoch 0',
  );
});

test('sides without roles have letters; what could not be read says why', () => {
  expect(spoken(withoutKeys()).at(-1)).toBe(
    'Record 7, A to B, at 5.6 milliseconds, encrypted alert, epoch 1, 26 bytes, no key, There is no secret for this client_random',
  );
});

test('a folded run', () => {
  expect(spoken(manyRecords(218))[1]).toBe(
    '218 records of application data in 1.0 s, folded, from 10 milliseconds, 73 by client, 145 by server',
  );
});
