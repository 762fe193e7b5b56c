/** The first section of a payload: all that is small, as JSON. */
import { LONGEST_NAME, LONGEST_TEXT, MOST_CAPTURES, MOST_CERTIFICATES, MOST_ENDPOINTS, MOST_PORTS } from './limits.ts';
import { dictionary, list, oneOf, orNull, type Read, record, text, truth, whole } from './shape.ts';
import type { Redactions, SharedCapture, SharedFlow, SharedTrace } from './shared-trace.ts';

export type Header = Pick<
  SharedTrace,
  'title' | 'generator' | 'redactions' | 'origin' | 'ports' | 'captures' | 'endpoints' | 'flows' | 'validity'
>;

const NUMBER = whole(0, Number.MAX_SAFE_INTEGER);
const SIGNED = whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const PORT = whole(0, 65_535);

const redactions: Read<Redactions> = record<Redactions>({
  scope: oneOf('association', 'time-range', 'all'),
  applicationData: oneOf('marks', 'lengths', 'bodies'),
  addresses: oneOf('replaced', 'kept'),
  clock: oneOf('relative', 'kept'),
  names: oneOf('kept', 'blanked'),
  certificates: oneOf('kept', 'digests'),
  keys: oneOf('none', 'messages', 'secrets', 'all-secrets'),
  altered: truth,
});

const capture: Read<SharedCapture> = record<SharedCapture>({
  name: text(LONGEST_NAME),
  format: text(20),
  linkTypes: list(NUMBER, 65_536),
  packets: NUMBER,
  udpDatagrams: NUMBER,
  ipFragmentsReassembled: NUMBER,
  first: orNull(SIGNED),
  last: orNull(SIGNED),
  timeDigits: whole(0, 9),
  problems: list(record({ packet: orNull(NUMBER), message: text(LONGEST_TEXT) }), 100),
});

const flow: Read<SharedFlow> = record<SharedFlow>({
  source: NUMBER,
  destination: NUMBER,
  directed: truth,
  tag: text(200),
  carriers: list(text(80), 16),
});

/** Throws `Damaged`. */
export const readHeader: Read<Header> = record<Header>({
  title: text(LONGEST_NAME),
  generator: text(80),
  redactions,
  origin: orNull(text(30)),
  ports: list(PORT, MOST_PORTS),
  captures: list(capture, MOST_CAPTURES),
  endpoints: list(
    record({ address: text(80), port: PORT, reach: orNull(oneOf('host', 'private', 'public')) }),
    MOST_ENDPOINTS,
  ),
  flows: list(flow, MOST_ENDPOINTS),
  validity: dictionary(oneOf('valid', 'expired', 'not-yet'), MOST_CERTIFICATES),
});
