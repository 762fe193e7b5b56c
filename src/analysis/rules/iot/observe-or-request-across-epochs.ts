/** M3: a CoAP response under other keys than its request. */
import { decodeCoap } from '../../../application/coap.ts';
import { ByteReader } from '../../../wire/reader.ts';
import { toHex } from '../../../wire/text.ts';
import { SENDERS } from '../../record-table.ts';
import { duration } from '../../words.ts';
import { earlier } from '../reassociation/living.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { dataOf, isCoap, protocolOf } from './application-protocol.ts';

export const observeOrRequestAcrossEpochs: Rule = {
  scope: 'association',
  id: 'observe-or-request-across-epochs',
  group: 'iot',
  title: 'A CoAP response comes under other keys than its request',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'needed',
  citations: ['RFC 7252 §9.1', 'RFC 7252 §9.1.2', 'RFC 7641 §3'],
  advice:
    'Let the client register its observations and repeat its requests after every new handshake. Or let the server drop what belongs to the old session.',
  alternatives: ['The token was used for another request that is not in the capture.'],
  looksLike:
    'A response with the token of a request from an earlier association or epoch, and no request with it since the new handshake.',
  why: 'RFC 7252 binds a response to the session and epoch of its request. After a new handshake clients drop it, though it was sent.',
  sources: ['OMA_LwM2M#137', 'OMA_LwM2M#161'],
  check: acrossEpochs,
};

/** Messages of each association that are read. */
const MOST = 64;
const RESPONSE = 0x40;

interface CoapSeen {
  readonly record: number;
  readonly side: 0 | 1;
  readonly epoch: number;
  readonly token: string;
  readonly isResponse: boolean;
}

function acrossEpochs(subject: Subject): readonly Match[] {
  const { state } = subject.analysed;
  if (subject.is13 || (subject.handshakes.length < 2 && state.replaces === null)) return [];
  if (!isCoap(protocolOf(subject))) return [];
  const seen = coapOf(subject);
  const old = earlier(subject).flatMap((other) => coapOf(other).map((message) => ({ message, of: other })));
  for (const response of seen) {
    if (!response.isResponse || response.token === '') continue;
    const asks = (m: CoapSeen): boolean => !m.isResponse && m.token === response.token;
    if (seen.some((m) => asks(m) && m.epoch === response.epoch && m.record < response.record)) continue;
    const request =
      seen.find((m) => asks(m) && m.epoch < response.epoch) ?? old.find(({ message }) => asks(message))?.message;
    const where = old.find(({ message }) => message === request)?.of;
    if (request) return [match(subject, response, request, where)];
  }
  return [];
}

function coapOf(subject: Subject): readonly CoapSeen[] {
  return dataOf(subject, MOST).flatMap(({ record, side, epoch, bytes }): readonly CoapSeen[] => {
    const r = new ByteReader('plaintext', bytes);
    const { code, token, regular } = decodeCoap(r);
    if (!regular || code === 0 || r.problems.length > 0) return [];
    return [{ record, side, epoch, token: toHex(token), isResponse: code >= RESPONSE }];
  });
}

function match(subject: Subject, response: CoapSeen, request: CoapSeen, where: Subject | undefined): Match {
  const who = SENDERS[response.side] ?? 'server';
  const laterMs = subject.trace.timeMs(response.record) - subject.trace.timeMs(request.record);
  const from = where ? `association ${where.a.id}` : `epoch ${request.epoch}`;
  return {
    title: `The ${who} answers a CoAP request of ${from} under the keys of a later handshake`,
    explanation: `The response with the token ${response.token} comes ${duration(laterMs)} after the request with that token, which was sent in ${from}. Since the new handshake no request had it. The other side drops such a response.`,
    evidence: [
      subject.evidence(request.record, `The request with the token ${request.token}`),
      subject.evidence(response.record, 'The response, under other keys'),
    ],
    certainty: 'seen',
  };
}
