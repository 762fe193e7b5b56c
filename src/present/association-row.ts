/** One association as a row of a list: its words and its shape. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { Endpoint } from '../analysis/trace.ts';
import { endpointText, milliseconds } from '../analysis/words.ts';

export { endpointText, milliseconds };

export type Shape = 'failure' | 'warning' | 'security' | 'note' | 'ok';

/** The shape in one word, for those who cannot see it. */
export function statusText({ outcome }: ListedAssociation): string {
  return outcome === 'no-handshake' ? 'no handshake' : outcome;
}

/** The port, or what stands for the endpoint where a text told no port. */
export function portText({ address, port }: Endpoint): string {
  return port === 0 ? address : String(port);
}

/** The worst of what went wrong; where no rule found anything, what the outcome says. */
export function shapeOf(a: ListedAssociation): Shape {
  if (a.findings.some((f) => f.severity === 'failure')) return 'failure';
  if (a.findings.some((f) => f.severity === 'warning')) return a.outcome === 'failed' ? 'failure' : 'warning';
  switch (a.outcome) {
    case 'failed':
      return 'failure';
    case 'incomplete':
      return 'warning';
    case 'established':
      return a.retransmissions > 0 ? 'warning' : 'ok';
    default:
      return 'note';
  }
}

/** "7 018 ms", "alert unknown_ca", "stopped at flight 3", "no handshake". */
export function handshakeText(a: ListedAssociation): string {
  if (a.outcome === 'no-handshake') return 'no handshake';
  if (a.outcome === 'established') {
    const took = a.handshakeMs === null ? 'established' : milliseconds(a.handshakeMs);
    return a.addressChanges.length > 0 ? `${took}, moved` : took;
  }
  const fatal = a.alerts.find((alert) => alert.level === 'fatal');
  if (a.outcome === 'failed' && fatal) return `alert ${fatal.description}`;
  const flight = a.handshakes.at(-1)?.flights.at(-1)?.number;
  if (a.outcome === 'ongoing') return flight === undefined ? 'not finished' : `at flight ${flight}`;
  return flight === undefined ? a.outcome : `stopped at flight ${flight}`;
}

/** "1.2" of "DTLS 1.2". */
export function shortVersion(version: string | null): string {
  return version === null ? '—' : (/\d\.\d/.exec(version)?.[0] ?? version);
}

/** Groups of three digits, divided by narrow spaces. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** "812 bytes", "1.5 KB", "12.3 MB". */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "1 packet", "2 924 packets". */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}
