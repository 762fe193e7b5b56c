/** B5: the ClientHello that returns the cookie is not the one that the cookie was made for. */

import type { Extension } from '../../../dtls/extensions/extensions.ts';
import { cipherSuiteName, EXTENSION_TYPE, versionName } from '../../../dtls/registry.ts';
import { sameBytes } from '../../../wire/text.ts';
import { list, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type CookieRequest, firstAfter, hellosOf, type SentHello } from './hellos.ts';

export const cookieHelloParametersChanged: Rule = {
  scope: 'association',
  id: 'cookie-hello-parameters-changed',
  group: 'cookies',
  title: 'The second ClientHello is not the same as the first',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 8446 §4.1.2'],
  advice:
    'Let the client repeat its ClientHello unchanged but for the cookie, and in DTLS 1.3 for what the HelloRetryRequest asks for.',
  alternatives: [
    'One of the two was damaged on its way: compare them at the client, or look for wrong UDP checksums.',
    'Two clients share the address and port: then both go on with their own random.',
  ],
  looksLike:
    'A ClientHello that returns the cookie with another random, version, session ID, list of cipher suites or other extensions, and a server that asks again, refuses or is silent.',
  why: 'The cookie is made from the first ClientHello, so that the server need not remember it. It cannot match another one.',
  sources: ['tinydtls#223', 'openssl#24509'],
  sample: 'wolfclient-pionserver13.pcap',
  explains: [
    'plaintext-alert',
    'cookie-rejected-loop',
    'server-mute-after-cookie',
    'stale-cookie',
    'gave-up',
    'flight-lost-and-recovered',
    'alert-ignored',
  ],
  check: changed,
};

function changed(subject: Subject): readonly Match[] {
  const { hellos, requests, serverHello } = hellosOf(subject);
  if (requests.length === 0 || serverHello !== null) return [];
  const first = hellos.find((h) => h.messageSeq === 0);
  const second = hellos.find((h) => h.messageSeq > 0 && h.record > (first?.record ?? 0));
  const request = requests.find((r) => second !== undefined && r.record < second.record);
  if (!first || !second || !request) return [];
  const differences = differencesOf(first, second, request);
  if (differences.length === 0) return [];
  const refusal = refusalOf(subject, second);
  return refusal ? [match(subject, { first, second, request }, differences, refusal)] : [];
}

interface Refusal {
  readonly says: string;
  readonly record: number;
  readonly what: string;
}

const ILLEGAL_PARAMETER = 47;

/** What the server did with it; null where that says nothing against the ClientHello. */
function refusalOf(subject: Subject, second: SentHello): Refusal | null {
  const { hellos, requests } = hellosOf(subject);
  const again = firstAfter(requests, second.record);
  if (again)
    return { says: 'The server asks for a cookie again.', record: again.record, what: 'The server asks again' };
  const alert = subject.endingAlert;
  if (alert?.sender === 'server')
    return alert.code === ILLEGAL_PARAMETER && alert.record > second.record
      ? {
          says: `The server refuses it with the alert ${alert.name}.`,
          record: alert.record,
          what: `The alert ${alert.name}`,
        }
      : null;
  const repeats = hellos.filter((h) => h.record > second.record && !h.isCopy);
  const last = repeats.at(-1);
  const silent = last && !subject.records.some((r) => r.side === 1 && r.index > second.record);
  return silent
    ? {
        says: `The server does not answer it; the client repeats it ${times(repeats.length)}.`,
        record: last.record,
        what: 'The client repeats it: no answer',
      }
    : null;
}

/** In words; empty where nothing differs that must not. */
function differencesOf({ hello: a }: SentHello, { hello: b }: SentHello, request: CookieRequest): readonly string[] {
  const found: string[] = [];
  if (!sameBytes(a.random, b.random)) found.push('its random');
  if (a.version !== b.version) found.push(`its version (${versionName(a.version)}, then ${versionName(b.version)})`);
  if (!sameBytes(a.sessionId, b.sessionId)) found.push('its session ID');
  if (!sameNumbers(a.cipherSuites, b.cipherSuites)) found.push(suitesChange(a.cipherSuites, b.cipherSuites));
  if (!sameNumbers(a.compressionMethods, b.compressionMethods)) found.push('its compression methods');
  // In DTLS 1.2 nothing says that extensions belong to the cookie, but some servers think so.
  const allowed = request.name === 'HelloRetryRequest' ? MAY_CHANGE_13 : new Set<number>();
  const extensions = extensionsChange(a.extensions, b.extensions, allowed);
  if (extensions) found.push(extensions);
  return found;
}

/** RFC 7685. */
const PADDING = 21;
/** RFC 8446 §4.1.2. */
const MAY_CHANGE_13: ReadonlySet<number> = new Set([
  EXTENSION_TYPE.keyShare,
  EXTENSION_TYPE.earlyData,
  EXTENSION_TYPE.cookie,
  EXTENSION_TYPE.preSharedKey,
  PADDING,
]);

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

function suitesChange(a: readonly number[], b: readonly number[]): string {
  const gone = a.filter((id) => !b.includes(id)).map(cipherSuiteName);
  const added = b.filter((id) => !a.includes(id)).map(cipherSuiteName);
  if (gone.length + added.length === 0) return 'the order of its cipher suites';
  const parts = [gone.length > 0 ? `without ${list(gone, 3)}` : '', added.length > 0 ? `with ${list(added, 3)}` : ''];
  return `its cipher suites (${parts.filter((p) => p !== '').join(', ')})`;
}

function extensionsChange(
  a: readonly Extension[],
  b: readonly Extension[],
  allowed: ReadonlySet<number>,
): string | null {
  const [before, after] = [a, b].map((all) => all.filter((e) => !allowed.has(e.type)));
  if (!before || !after) return null;
  const types = new Set(before.map((e) => e.type));
  const other = [
    ...before.filter((e) => !after.some((x) => x.type === e.type)),
    ...after.filter((e) => !types.has(e.type)),
  ];
  if (other.length > 0) return `its extensions (${list([...new Set(other.map((e) => e.name))], 4)})`;
  return sameNumbers(
    before.map((e) => e.type),
    after.map((e) => e.type),
  )
    ? null
    : 'the order of its extensions';
}

function match(
  subject: Subject,
  {
    first,
    second,
    request,
  }: { readonly first: SentHello; readonly second: SentHello; readonly request: CookieRequest },
  differences: readonly string[],
  refusal: Refusal,
): Match {
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(second.record, `The second ClientHello: other in ${list(differences)}`),
    subject.evidence(first.record, 'The first ClientHello'),
    subject.evidence(request.record, `The ${request.name} between them`),
    subject.evidence(refusal.record, refusal.what),
  ];
  return {
    title: `The second ClientHello differs from the first in ${list(differences.map(short), 3)}, and the server does not take it`,
    explanation: `The client answers the ${request.name} with a ClientHello that differs in ${list(differences)}. ${refusal.says}`,
    evidence,
    certainty: 'inferred',
  };
}

const short = (difference: string): string => difference.replace(/ \(.*\)$/, '');
