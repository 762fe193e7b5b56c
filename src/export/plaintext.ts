/** Decrypted application data as a capture without encryption: each record is one packet that names its protocol. */
import type { PlaintextUnit } from '../analysis/plaintext-units.ts';
import { PDU_PORT, pduBytes, timeWords } from './exported-pdu.ts';
import { PcapngWriter } from './pcapng-writer.ts';
import type { CaptureFile } from './trimmed.ts';

/** Wireshark's names of the protocols that are recognised here; anything else is shown as bytes. */
const DISSECTORS: ReadonlyMap<string, string> = new Map([
  ['CoAP', 'coap'],
  ['LwM2M', 'coap'],
  ['SCTP', 'sctp'],
  ['RADIUS', 'radius'],
  ['Diameter', 'diameter'],
  ['DNS', 'dns'],
  ['HTTP', 'http'],
  ['syslog', 'syslog'],
  ['text', 'data-text-lines'],
]);

export const dissectorOf = (protocol: string | null): string => DISSECTORS.get(protocol ?? '') ?? 'data';

export function plaintextCapture(units: readonly PlaintextUnit[], generator: string): CaptureFile | string {
  if (units.length === 0) return 'No application data could be decrypted.';
  const writer = new PcapngWriter(generator, ['Decrypted from DTLS: this file holds plaintext.']);
  for (const { timeNs, protocol, remarks, source, destination, packet, bytes: content } of units) {
    const between = { source, destination };
    const bytes = pduBytes({ dissector: dissectorOf(protocol), between, packet, bytes: content });
    const length = { originalLength: bytes.length, fcsLength: 0 };
    writer.packet({ port: PDU_PORT, ...timeWords(timeNs), bytes, ...length, comments: remarks });
  }
  return { point: null, parts: writer.parts, packets: units.length };
}
