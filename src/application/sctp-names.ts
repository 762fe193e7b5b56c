/** Names of SCTP (RFC 9260, RFC 8260, RFC 6525, RFC 3758) and of what WebRTC puts into it (RFC 8831). */

export const CHUNKS: ReadonlyMap<number, string> = new Map([
  [0, 'DATA'],
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [3, 'SACK'],
  [4, 'HEARTBEAT'],
  [5, 'HEARTBEAT ACK'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [9, 'ERROR'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [12, 'ECNE'],
  [13, 'CWR'],
  [14, 'SHUTDOWN COMPLETE'],
  [15, 'AUTH'],
  [64, 'I-DATA'],
  [128, 'ASCONF-ACK'],
  [130, 'RE-CONFIG'],
  [132, 'PAD'],
  [192, 'FORWARD TSN'],
  [193, 'ASCONF'],
  [194, 'I-FORWARD-TSN'],
]);

export const PARAMETERS: ReadonlyMap<number, string> = new Map([
  [1, 'Heartbeat Info'],
  [5, 'IPv4 Address'],
  [6, 'IPv6 Address'],
  [7, 'State Cookie'],
  [8, 'Unrecognized Parameter'],
  [9, 'Cookie Preservative'],
  [11, 'Host Name Address'],
  [12, 'Supported Address Types'],
  [13, 'Outgoing SSN Reset Request'],
  [14, 'Incoming SSN Reset Request'],
  [15, 'SSN/TSN Reset Request'],
  [16, 'Re-configuration Response'],
  [17, 'Add Outgoing Streams Request'],
  [18, 'Add Incoming Streams Request'],
  [0x8000, 'ECN Capable'],
  [0x8001, 'Zero Checksum Acceptable'],
  [0x8002, 'Random'],
  [0x8003, 'Chunk List'],
  [0x8004, 'Requested HMAC Algorithm'],
  [0x8005, 'Padding'],
  [0x8008, 'Supported Extensions'],
  [0xc000, 'Forward TSN Supported'],
  [0xc001, 'Add IP Address'],
  [0xc002, 'Delete IP Address'],
  [0xc003, 'Error Cause Indication'],
  [0xc004, 'Set Primary Address'],
  [0xc005, 'Success Indication'],
  [0xc006, 'Adaptation Layer Indication'],
]);

/** RFC 9260 §3.3.10. */
export const CAUSES: ReadonlyMap<number, string> = new Map([
  [1, 'Invalid Stream Identifier'],
  [2, 'Missing Mandatory Parameter'],
  [3, 'Stale Cookie'],
  [4, 'Out of Resource'],
  [5, 'Unresolvable Address'],
  [6, 'Unrecognized Chunk Type'],
  [7, 'Invalid Mandatory Parameter'],
  [8, 'Unrecognized Parameters'],
  [9, 'No User Data'],
  [10, 'Cookie Received While Shutting Down'],
  [11, 'Restart of an Association with New Addresses'],
  [12, 'User-Initiated Abort'],
  [13, 'Protocol Violation'],
]);

/** RFC 6525 §4.4. */
export const RESET_RESULTS = [
  'Success - Nothing to do',
  'Success - Performed',
  'Denied',
  'Error - Wrong SSN',
  'Error - Request already in progress',
  'Error - Bad Sequence Number',
  'In progress',
];

/** RFC 8831 §8. The partial ones are deprecated. */
export const PPIDS: ReadonlyMap<number, string> = new Map([
  [50, 'DCEP'],
  [51, 'String'],
  [52, 'Binary Partial'],
  [53, 'Binary'],
  [54, 'String Partial'],
  [56, 'String Empty'],
  [57, 'Binary Empty'],
]);

/** RFC 8832 §5.1; the highest bit says unordered. */
export const CHANNEL_TYPES: ReadonlyMap<number, string> = new Map([
  [0x00, 'reliable'],
  [0x80, 'reliable, unordered'],
  [0x01, 'limited retransmissions'],
  [0x81, 'limited retransmissions, unordered'],
  [0x02, 'limited time'],
  [0x82, 'limited time, unordered'],
]);
