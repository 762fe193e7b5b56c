/** Reads what `tshark -T pdml` prints: an element to a line, so lines and a stack of open elements are enough. */

/**
 * @typedef {object} Read one record as tshark read it
 * @property {number} type as the header says it: 25 with a connection ID
 * @property {number | null} inner the type that was encrypted with a connection ID; null where there is none, or closed
 * @property {number} epoch
 * @property {number} sequence
 * @property {number} size with its header
 * @property {number} length as the header says it
 * @property {number[][]} handshake [type, length, message_seq, fragment_offset, fragment_length]
 * @property {number[][]} alerts [level, description]
 *
 * @typedef {object} Packet
 * @property {number} number
 * @property {Read[]} records
 * @property {boolean} covered every byte that tshark takes for DTLS is in a record
 * @property {boolean} malformed tshark says so, of DTLS or of what DTLS carries
 * @property {string[]} undissected what UDP and TURN carry that tshark took for nothing it knows, hex
 */

const HANDSHAKE = ['type', 'length', 'message_seq', 'fragment_offset', 'fragment_length'];

/** @param {string} pdml @returns {Packet[]} */
export function readPdml(pdml) {
  /** @type {Packet[]} */
  const packets = [];
  /** What is open: `size` is that of the element, `record` the one that it is. @type {{ name: string, size: number, record?: Read, used?: number }[]} */
  let open = [];
  /** An ICMP error quotes the datagram it is about: that one was not sent here. */
  let quotes = false;
  let protocol = '';
  for (const line of pdml.split('\n')) {
    const element = line.trimStart();
    if (element.startsWith('<packet>')) {
      packets.push({ number: 0, records: [], covered: true, malformed: false, undissected: [] });
      open = [];
      quotes = false;
    }
    const packet = packets.at(-1);
    if (!packet) continue;
    if (element.startsWith('</')) {
      const closed = open.pop();
      if (closed?.used !== undefined && closed.used !== closed.size) packet.covered = false;
    }
    if (!/^<(proto|field) /.test(element)) continue;
    const { name = '', size = '0', show = '', value = '' } = attributesOf(element);
    const node = { name, size: Number(size) };
    if (name === 'frame.number') packet.number = Number(show);
    if (name === 'icmp' || name === 'icmpv6') quotes = true;
    if (element.startsWith('<proto') && name !== 'fake-field-wrapper') protocol = name;
    // Not the piece of an IP packet, and not what DTLS has in it.
    if (name === 'data.data' && /^(udp|stun)$/.test(protocol) && !quotes) packet.undissected.push(value);
    if (name === '_ws.malformed') packet.malformed = true;
    if (element.startsWith('<proto') && name === 'dtls' && !quotes) {
      Object.assign(node, { used: 0 });
      if (element.endsWith('/>')) packet.covered = false;
    }
    const datagram = open.findLast((o) => o.used !== undefined);
    if (name === 'dtls.record' && datagram) {
      /** @type {Read} */
      const record = {
        type: 0,
        inner: null,
        epoch: 0,
        sequence: 0,
        size: node.size,
        length: 0,
        handshake: [],
        alerts: [],
      };
      packet.records.push(record);
      datagram.used = (datagram.used ?? 0) + record.size;
      Object.assign(node, { record });
    }
    const record = open.findLast((o) => o.record)?.record;
    if (record) note(record, name, Number(show));
    if (!element.endsWith('/>')) open.push(node);
  }
  return packets;
}

/** @param {Read} record @param {string} name @param {number} number */
function note(record, name, number) {
  const field = name.replace(/^dtls\.(record|handshake|alert_message)\./, '');
  if (name === 'dtls.record.special_type') record.type = number;
  else if (name === 'dtls.record.content_type') record[record.type === 0 ? 'type' : 'inner'] = number;
  else if (name === 'dtls.record.epoch') record.epoch = number;
  else if (name === 'dtls.record.sequence_number') record.sequence = number;
  else if (name === 'dtls.record.length') record.length = number;
  else if (name === 'dtls.handshake.type' || name === 'dtls.alert_message.level')
    (field === 'type' ? record.handshake : record.alerts).push([number]);
  else if (name === 'dtls.alert_message.desc') record.alerts.at(-1)?.push(number);
  else if (name.startsWith('dtls.handshake.') && HANDSHAKE.includes(field)) record.handshake.at(-1)?.push(number);
}

/** @param {string} element @returns {{ [name: string]: string }} */
function attributesOf(element) {
  return Object.fromEntries([...element.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}
