/** A1: the client's first message was sent again and again, and nothing at all came back. */
import { endpointText, repeatTimes, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const noAnswerToClientHello: Rule = {
  scope: 'association',
  id: 'no-answer-to-clienthello',
  group: 'reachability',
  title: 'The server never answers',
  severity: 'failure',
  rank: 'silence',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8'],
  advice:
    'Check address and port, the firewalls for UDP in both directions, and that the server process listens on UDP. Then capture at the server: it shows whether the ClientHello arrives.',
  alternatives: [
    'A firewall drops one direction, the process hangs, or the port is wrong: a capture at the server tells them apart.',
    'The answer is lost on its way back: then a capture at the server shows it leaving.',
  ],
  looksLike:
    'Two or more ClientHellos with the same random, each under a new record number, and not one datagram from the server.',
  why: 'Nothing about TLS has been negotiated yet. The client repeats its ClientHello on its timer until it gives up.',
  sources: ['openconnect-gui#26', 'sfc9982/AnyConnect-Server#4'],
  sample: 'openssl-fail-server-silent.pcap',
  explains: ['gave-up'],
  check: silentServer,
};

function silentServer(subject: Subject): readonly Match[] {
  const { a } = subject;
  const hello = subject.flight(1);
  if (!a.rolesKnown || hello?.sender !== 'client' || !hello.messages.includes('ClientHello')) return [];
  if (subject.records.some((r) => r.side === 1)) return [];
  const { transmissions } = hello;
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  if (!first || !last || transmissions.length < 2) return [];
  const atServer = subject.story.vantage.position === 'server';
  return [
    {
      title: `No answer from ${endpointText(a.server)}: the ClientHello was sent ${times(transmissions.length)}`,
      explanation: `The client sent its ClientHello and repeated it after ${repeatTimes(transmissions)}. The server sent nothing. ${
        atServer
          ? 'The capture was taken at the server, so the ClientHello got there and was ignored.'
          : 'From here it cannot be told whether the ClientHello got there.'
      }`,
      evidence: [
        subject.sentEvidence(first, 'The first ClientHello'),
        subject.sentEvidence(last, `The last of ${transmissions.length}, and still no answer`),
      ],
      certainty: 'seen',
      verdict: `No answer: the client sent its ClientHello ${times(transmissions.length)}, at ${repeatTimes(transmissions)} after the first, and the server sent nothing.`,
    },
  ];
}
