/** PSK identities as findings show them. */
import { preSharedKey } from '../../../dtls/extensions/accessors.ts';
import { shown } from '../../../dtls/extensions/hello-bodies.ts';
import type { Subject } from '../subject.ts';

const LONGEST = 40;
const MOST_WORDS = 5;

/** The identity that the client sent, whatever it is; null where it sent none that was captured. */
export function identityOf(subject: Subject): string | null {
  if (subject.a.pskIdentity !== null) return subject.a.pskIdentity;
  const hello = subject.clientHello;
  const first = hello ? preSharedKey(hello.extensions)?.identities[0] : undefined;
  return first && first.obfuscatedTicketAge === 0 ? shown(first.identity) : null;
}

/** `the identity "device-1"`, or `this client` where none is known. */
export function forIdentity(subject: Subject): string {
  const identity = identityOf(subject);
  return identity ? `the identity "${cut(identity)}"` : 'this client';
}

/** "de… (8 characters)": enough to recognise it by, not enough to tell it on. */
export function masked(identity: string): string {
  return `"${identity.slice(0, identity.length > 4 ? 2 : 1)}…" (${identity.length} characters)`;
}

function cut(identity: string): string {
  const words = identity.split(/\s+/);
  const short = words.slice(0, MOST_WORDS).join(' ').slice(0, LONGEST);
  return short.length < identity.length ? `${short}…` : short;
}
