/** C5: HelloRetryRequest and second ClientHello do not lead to a ServerHello. */
import { cookie, keyShare } from '../../../dtls/extensions/accessors.ts';
import { EXTENSION_TYPE, groupName } from '../../../dtls/registry.ts';
import { sameBytes } from '../../../wire/text.ts';
import type { Certainty } from '../../story.ts';
import { list } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, helloRetryRequests, serverHello } from './offers.ts';

export const secondHrrOrKeyshareLoop: Rule = {
  scope: 'association',
  id: 'second-hrr-or-keyshare-loop',
  group: 'negotiation',
  title: 'HelloRetryRequest does not lead to a handshake',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 8446 §4.1.2', 'RFC 8446 §4.1.4', 'RFC 8446 §4.2.8', 'RFC 9147 §5.1'],
  advice:
    'Have the client send a key share of a group that the server prefers in its first ClientHello, which avoids the detour. Then report the second hello to the maker of the side at fault.',
  alternatives: [
    'The second ClientHello differs in another place that the server checks: its log says what it refused.',
  ],
  looksLike:
    'A HelloRetryRequest, a second ClientHello that does not do what it asks, and then an alert, silence or another HelloRetryRequest.',
  why: 'A HelloRetryRequest may ask for a cookie and for one group. The second ClientHello has to bring both and change nothing else, and there may be no second request.',
  sources: ['wolfssl#9848', 'wolfssl#5813', 'dimpl#163'],
  sample: 'wolfssl13-fail-psk-hrr-no-keyshare.pcap',
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'server-mute-after-cookie', 'flight-lost-and-recovered'],
  check: (subject) => (subject.unfinished && !serverHello(subject) ? notConverging(subject) : []),
};

/** RFC 7685. */
const PADDING = 21;

interface Fault {
  readonly title: string;
  readonly says: string;
  readonly certainty: Certainty;
}

function notConverging(subject: Subject): readonly Match[] {
  const requests = helloRetryRequests(subject);
  const [request] = requests;
  const hellos = clientHellos(subject);
  const second = hellos.find((said) => said.message.messageSeq > 0);
  if (!request || !second) return [];
  const again = requests.find((r) => r.message.messageSeq > request.message.messageSeq);
  const alert = subject.endingAlert;
  const fault = again
    ? {
        title: 'The server sends a second HelloRetryRequest',
        says: 'The server answers the second ClientHello with another HelloRetryRequest, which no handshake may have.',
        certainty: 'seen' as const,
      }
    : (faultOf(request, hellos[0], second) ??
      (alert?.sender === 'server' ? refused(hellos[0], second, alert.name) : null));
  if (!fault) return [];
  const end = alert
    ? ` The ${alert.sender} ends the handshake with the alert ${alert.name}.`
    : ' No ServerHello follows.';
  return [
    {
      title: fault.title,
      explanation: `The HelloRetryRequest asks for ${asksFor(request)}. ${fault.says}${again || !fault.says.includes('alert') ? end : ''}`,
      evidence: [
        subject.evidence(request.record, `The HelloRetryRequest asks for ${asksFor(request)}`),
        subject.evidence(second.record, `The second ClientHello: ${brings(second)}`),
        ...(again ? [subject.evidence(again.record, 'Another HelloRetryRequest')] : []),
        ...(alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : []),
      ],
      certainty: fault.certainty,
    },
  ];
}

/** What the second ClientHello does that it must not, or null. */
function faultOf(
  request: Said<'ServerHello'>,
  first: Said<'ClientHello'> | undefined,
  second: Said<'ClientHello'>,
): Fault | null {
  const wanted = keyShare(request.decoded.extensions)?.selectedGroup ?? null;
  const groups = sharesOf(second);
  if (wanted !== null && !groups.includes(wanted))
    return {
      title: `The second ClientHello lacks the key share for ${groupName(wanted)} that the server asked for`,
      says:
        groups.length === 0
          ? 'The second ClientHello brings no key share at all.'
          : `The second ClientHello brings ${list(groups.map(groupName))} instead.`,
      certainty: 'seen',
    };
  const given = cookie(request.decoded.extensions);
  const returned = cookie(second.decoded.extensions);
  if (given && !(returned && sameBytes(given, returned)))
    return {
      title: `The second ClientHello ${returned ? 'returns another cookie than' : 'lacks'} the one that the server gave`,
      says: returned
        ? 'The cookie in the second ClientHello differs from it.'
        : 'The second ClientHello has no cookie extension.',
      certainty: 'seen',
    };
  if (wanted === null && first && first !== second && !sameShares(first, second))
    return {
      title: 'The second ClientHello changes the key shares, although the server asked for a cookie only',
      says: 'The second ClientHello has other key shares than the first.',
      certainty: 'seen',
    };
  return null;
}

/** It does what was asked, as far as can be seen, and is refused nevertheless. */
function refused(first: Said<'ClientHello'> | undefined, second: Said<'ClientHello'>, name: string): Fault {
  if (first && first !== second && orderOf(first) !== orderOf(second))
    return {
      title: `The server refuses the second ClientHello with ${name}; its extensions come in another order than in the first`,
      says: `The second ClientHello brings it (${brings(second)}), but its extensions come in another order than in the first. No change but those asked for is allowed. The server answers with the alert ${name}.`,
      certainty: 'inferred',
    };
  return {
    title: `The server refuses the second ClientHello with ${name}, although it does what HelloRetryRequest asks`,
    says: `The second ClientHello brings it (${brings(second)}), and still the server answers with the alert ${name}.`,
    certainty: 'inferred',
  };
}

/** What a second ClientHello may add, take away or change (RFC 8446 §4.1.2). */
const MAY_CHANGE: readonly number[] = [
  EXTENSION_TYPE.cookie,
  EXTENSION_TYPE.keyShare,
  EXTENSION_TYPE.earlyData,
  EXTENSION_TYPE.preSharedKey,
  PADDING,
];

function orderOf({ decoded }: Said<'ClientHello'>): string {
  return decoded.extensions
    .map((e) => e.type)
    .filter((type) => !MAY_CHANGE.includes(type))
    .join();
}

const sharesOf = (hello: Said<'ClientHello'>): readonly number[] =>
  (keyShare(hello.decoded.extensions)?.entries ?? []).map((entry) => entry.group);

function sameShares(x: Said<'ClientHello'>, y: Said<'ClientHello'>): boolean {
  const [a, b] = [keyShare(x.decoded.extensions)?.entries ?? [], keyShare(y.decoded.extensions)?.entries ?? []];
  return (
    a.length === b.length &&
    a.every(
      (entry, i) => entry.group === b[i]?.group && sameBytes(entry.keyExchange, b[i]?.keyExchange ?? new Uint8Array()),
    )
  );
}

function asksFor({ decoded }: Said<'ServerHello'>): string {
  const group = keyShare(decoded.extensions)?.selectedGroup ?? null;
  const wants = [
    ...(cookie(decoded.extensions) ? ['a cookie'] : []),
    ...(group === null ? [] : [`a key share for ${groupName(group)}`]),
  ];
  return wants.length === 0 ? 'nothing that would change the ClientHello' : list(wants);
}

function brings(hello: Said<'ClientHello'>): string {
  const groups = sharesOf(hello);
  const shares = groups.length === 0 ? 'no key share' : `key share ${list(groups.map(groupName))}`;
  return cookie(hello.decoded.extensions) ? `the cookie, ${shares}` : shares;
}
