/** Reads what `tshark -T pdml` prints: an element to a line, so lines and a stack of open elements are enough. */

/**
 * @typedef {object} Read one record as tshark read it
 * @property {number | null} type null where only the special type of a connection ID is known
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
 * @property {boolean} malformed it says so, of DTLS or of what DTLS carries
 * @property {string} payload of the innermost UDP, hex
 */

const HANDSHAKE = ['type', 'length', 'message_seq', 'fragment_offset', 'fragment_length'];

/** @param {string} pdml @returns {Packet[]} */
export function readPdml(pdml) {
  /** @type {Packet[]} */
  const packets = [];
  /** What is open: `size` is that of the element, `record` the one that it is. @type {{ name: string, size: number, record?: Read, used?: number }[]} */
  let open = [];
  for (const line of pdml.split('\n')) {
    const element = line.trimStart();
    if (element.startsWith('<packet>')) {
      packets.push({ number: 0, records: [], covered: true, malformed: false, payload: '' });
      open = [];
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
    // An error message quotes the datagram it is about: that one was not sent here.
    const quoted = open.some((o) => /^icmp/.test(o.name));
    if (name === 'frame.number') packet.number = Number(show);
    if (name === 'udp.payload' && !quoted) packet.payload = value;
    if (name === '_ws.malformed') packet.malformed = true;
    if (element.startsWith('<proto') && name === 'dtls' && !quoted) Object.assign(node, { used: 0 });
    const datagram = open.findLast((o) => o.used !== undefined);
    if (name === 'dtls.record' && datagram) {
      /** @type {Read} */
      const record = { type: null, epoch: 0, sequence: 0, size: node.size, length: 0, handshake: [], alerts: [] };
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
  if (name === 'dtls.record.content_type') record.type = number;
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
