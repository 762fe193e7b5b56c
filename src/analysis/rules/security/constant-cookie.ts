/** O4: a server gives the same cookie to clients at different addresses. */
import { cookie as cookieOf } from '../../../dtls/extensions/accessors.ts';
import { toHex } from '../../../wire/text.ts';
import { endpointText } from '../../words.ts';
import type { Gathering, Match, TraceRule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const constantCookie: TraceRule = {
  scope: 'trace',
  id: 'constant-cookie',
  group: 'security',
  title: 'A server gives the same cookie to different clients',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 9147 §5.1'],
  advice:
    'Make the cookie from the address of the client and a secret of the server, with an HMAC. Change the secret from time to time.',
  alternatives: [
    'Both addresses are one client that moved, and the cookie is made from something else of it: then others get another one.',
  ],
  looksLike: 'HelloVerifyRequests, or HelloRetryRequests, to different addresses that hold the same cookie.',
  why: 'The cookie shows that a client receives what is sent to its address. If all get the same one, anybody can send it from a forged address, and the server will flood a victim.',
  begin: sameCookies,
};

/** Cookies that are remembered, over all servers. */
const MOST = 100_000;

interface Given {
  /** Address of the client. */
  readonly client: string;
  readonly record: number;
}

function sameCookies(): Gathering {
  const first = new Map<string, Given>();
  const found = new Map<string, Match>();
  return {
    take(subject) {
      if (!subject.a.rolesKnown) return;
      const server = endpointText(subject.a.server);
      const client = subject.a.client.address;
      for (const { cookie, record } of cookiesOf(subject)) {
        if (found.has(server)) break;
        const key = `${server} ${cookie}`;
        const before = first.get(key);
        if (!before && first.size < MOST) first.set(key, { client, record });
        if (before && before.client !== client) found.set(server, match(server, before, { client, record }, cookie));
      }
    },
    matches: () => [...found.values()],
  };
}

/** More of them in one association say nothing new. */
const MOST_OF_ONE = 4;

function cookiesOf(subject: Subject): { cookie: string; record: number }[] {
  const retries = subject
    .said('HelloVerifyRequest', 'server')
    .map(({ decoded, record }) => ({ bytes: decoded.cookie, record }));
  const hrrs = subject
    .said('ServerHello', 'server')
    .filter(({ decoded }) => decoded.isHelloRetryRequest)
    .flatMap(({ decoded, record }) => {
      const bytes = cookieOf(decoded.extensions);
      return bytes ? [{ bytes, record }] : [];
    });
  return [...retries, ...hrrs]
    .filter(({ bytes }) => bytes.length > 0)
    .slice(0, MOST_OF_ONE)
    .map(({ bytes, record }) => ({ cookie: toHex(bytes), record }));
}

function match(server: string, one: Given, other: Given, cookie: string): Match {
  const [a, b] = [one.client, other.client];
  return {
    title: `${server} gives the same cookie to ${a} and to ${b}`,
    explanation: `The server ${server} sent the cookie ${cookie.slice(0, 16)}${cookie.length > 16 ? '…' : ''} (${cookie.length / 2} bytes) to ${a} and to ${b}. A cookie has to depend on the address, or it proves nothing.`,
    evidence: [
      { record: one.record, says: `The cookie for ${a}` },
      { record: other.record, says: `The same for ${b}` },
    ],
    certainty: 'seen',
  };
}
