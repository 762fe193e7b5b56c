/**
 * Names of the fields of a payload's JSON, as one or two letters: a link has no room for long ones. The order is part of
 * the format: a name is only ever added at the end.
 */
const NAMES = [
  ...['title', 'generator', 'redactions', 'scope', 'applicationData', 'addresses', 'clock', 'names', 'certificates'],
  ...['keys', 'altered', 'origin', 'ports', 'captures', 'name', 'format', 'linkTypes', 'packets', 'udpDatagrams'],
  ...['ipFragmentsReassembled', 'timeDigits', 'first', 'last', 'problems', 'packet', 'message', 'endpoints', 'address'],
  ...['port', 'reach', 'flows', 'source', 'destination', 'directed', 'tag', 'carriers', 'validity', 'udp', 'outer'],
  ...['counts', 'kind', 'direction', 'datagrams', 'time', 'largest', 'largestPacket', 'icmp', 'icmpCount', 'stun'],
  ...['checks', 'usernames', 'ufrags', 'controlling', 'incomplete', 'damaged', 'cutPackets', 'clockSteps', 'count'],
  ...['firstPacket', 'layer', 'protocol', 'hasFirst', 'bytesHeld', 'length', 'at', 'version', 'type', 'code', 'mtu'],
  ...['udpLength', 'ipLength', 'record', 'contentType', 'epoch', 'sequenceNumber', 'from', 'anchor', 'on', 'capture'],
  ...['buffer', 'to', 'flight', 'transmission', 'fromMs', 'toMs', 'rule', 'text', 'shape', 'judgement', 'author', 'id'],
];

const LETTERS = 'cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `a` and `b` are names themselves. */
const SHORT: ReadonlyMap<string, string> = new Map(
  NAMES.map((name, i) => [name, i < LETTERS.length ? LETTERS.charAt(i) : `_${LETTERS.charAt(i - LETTERS.length)}`]),
);

/** The name as payloads have it; what has none is its own. */
export function shortName(name: string): string {
  return SHORT.get(name) ?? name;
}

/** With short names, and without what is null, false, empty text or an empty list: a reader takes them as given. */
export function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (isEmpty(one) ? [] : [[shortName(name), shortened(one)]])),
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}
