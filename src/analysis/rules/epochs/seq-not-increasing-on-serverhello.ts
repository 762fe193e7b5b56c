/** K10: record numbers around HelloVerifyRequest and at the start of an epoch that do not follow the rules. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { messageName } from '../../handshake-state.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { goesOnCounting } from './arrivals.ts';

export const seqNotIncreasingOnServerHello: Rule = {
  scope: 'association',
  id: 'seq-not-increasing-on-serverhello',
  group: 'epochs',
  title: 'Record numbers do not follow the rules; nothing is lost because of that',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.1'],
  advice: 'Nothing to do, unless the peer drops these records as replays: then update the stack that numbers them.',
  alternatives: ['A ClientHello was captured that never got to the server, so that the answer belongs to another one.'],
  looksLike:
    'A HelloVerifyRequest whose number is not that of the ClientHello it answers, a ServerHello under a number used before, or a new epoch that does not begin at zero.',
  why: 'A server without state copies the number of the ClientHello. Stacks that count for themselves work too, but gaps and repeats in their numbers are no sign of loss.',
  sources: ['openssl#32718', 'tinydtls#248', 'tinydtls#256', 'RFC 6347 erratum 5186'],
  sample: 'pionclient-weriftserver.pcap',
  check: oddNumbers,
};

function oddNumbers(subject: Subject): readonly Match[] {
  return [...hello(subject), ...epochs(subject)];
}

/** HelloVerifyRequests that are compared. */
const MOST = 8;

function hello(subject: Subject): readonly Match[] {
  const state = subject.analysed.handshakes[0]?.state;
  if (state?.number !== 1 || !state.has(HANDSHAKE_TYPE.helloVerifyRequest)) return [];
  const of = (type: number, most = Number.POSITIVE_INFINITY): RecordFact[] =>
    state.messages
      .filter((m) => m.type === type && m.epoch === 0)
      .flatMap((m) => m.appearances.slice(0, most).map((a) => subject.fact(a.record)))
      .filter((r) => r.mark !== 'duplicate')
      .sort((x, y) => x.index - y.index);
  const clientHellos = of(HANDSHAKE_TYPE.clientHello);
  const verify = of(HANDSHAKE_TYPE.helloVerifyRequest, MOST);
  const asked = new Set(clientHellos.map((r) => r.sequenceNumber));
  const firstHello = clientHellos[0]?.index ?? Number.POSITIVE_INFINITY;
  const odd = verify.find((r) => firstHello < r.index && !asked.has(r.sequenceNumber));
  const last = odd && clientHellos.findLast((c) => c.index < odd.index);
  if (odd && last)
    return [
      {
        title: `HelloVerifyRequest has the number ${odd.sequenceNumber}, the ClientHello before it ${last.sequenceNumber}`,
        explanation: `The server counts for itself. RFC 6347 asks it to copy the number of the ClientHello, because it keeps no state. Gaps in its first numbers are no loss.`,
        evidence: [
          subject.evidence(odd.index, `HelloVerifyRequest, number ${odd.sequenceNumber}`),
          subject.evidence(last.index, `The ClientHello, number ${last.sequenceNumber}`),
        ],
        certainty: 'seen',
      },
    ];
  const [serverHello] = of(HANDSHAKE_TYPE.serverHello, MOST);
  const used = verify.find(
    (r) => r.index < (serverHello?.index ?? 0) && r.sequenceNumber === serverHello?.sequenceNumber,
  );
  const what = state.messages.find((m) => m.type === HANDSHAKE_TYPE.serverHello);
  if (!serverHello || !used || !what || messageName(what) !== 'ServerHello') return [];
  return [
    {
      title: `ServerHello has the number ${serverHello.sequenceNumber}, which HelloVerifyRequest had before`,
      explanation: `Both records of the server have the number ${serverHello.sequenceNumber} in epoch 0. A client that keeps a window against replay from the beginning drops the ServerHello.`,
      evidence: [
        subject.evidence(used.index, 'HelloVerifyRequest'),
        subject.evidence(serverHello.index, 'ServerHello under the same number'),
      ],
      certainty: 'seen',
    },
  ];
}

function epochs(subject: Subject): readonly Match[] {
  const opened = subject.a.epochs.filter((e) => e.epoch > 0 && (e.firstSequence ?? 0) <= 1 && e.records > 1);
  return opened.flatMap(({ sender, epoch }) => {
    const found = goesOnCounting(subject, sender === 'client' ? 0 : 1, epoch);
    if (!found) return [];
    return [
      {
        title: `The ${sender} does not begin epoch ${epoch} at number 0: its first record has ${found.first.sequenceNumber}, the next ${found.next.sequenceNumber}`,
        explanation: `The first record of epoch ${epoch} goes on with the numbers of epoch ${epoch - 1}, and the next one starts anew. That is no reordering and no loss: the ${sender} keeps two counters. Numbers that come again under one key are dangerous with AES-GCM.`,
        evidence: [
          subject.evidence(found.first.index, `Number ${found.first.sequenceNumber}`),
          subject.evidence(found.next.index, `Number ${found.next.sequenceNumber}`),
        ],
        certainty: 'seen' as const,
      },
    ];
  });
}
