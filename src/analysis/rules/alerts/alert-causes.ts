/**
 * TLS Alerts: what each says, and what usually brings it about in DTLS (RFC 5246 §7.2, RFC 8446 §6, and the documents
 * that added some). Phrases go on from "The alert says that …" and from "Usual causes: …".
 */

export interface AlertCause {
  readonly means: string;
  readonly usual: readonly string[];
  /** Where the general advice does not do. */
  readonly advice?: string;
}

export const ALERT_CAUSES: ReadonlyMap<number, AlertCause> = new Map<number, AlertCause>([
  [
    0,
    {
      means: 'the sender sends nothing more',
      usual: ['the application gave up waiting', 'the program ended', 'the peer was refused without saying why'],
    },
  ],
  [
    10,
    {
      means: 'a message came that has no place at this point of the handshake',
      usual: [
        'both ends act as client',
        'a message was lost and the stack did not wait for its repeat',
        'an old packet of an earlier association',
        'a stack that takes the messages in another order',
      ],
    },
  ],
  [
    20,
    {
      means: 'a record failed its check: it cannot be decrypted',
      usual: ['the two ends have different keys, as with a wrong pre-shared key', 'a record was damaged on its way'],
      advice: 'Compare the keys of both ends. If only some records fail, capture at both ends and compare their bytes.',
    },
  ],
  [
    21,
    {
      means: 'a record could not be decrypted (a code that TLS 1.1 gave up)',
      usual: ['the two ends have different keys', 'a record was damaged on its way'],
      advice: 'Compare the keys of both ends. If only some records fail, capture at both ends and compare their bytes.',
    },
  ],
  [
    22,
    {
      means: 'a record is longer than allowed',
      usual: [
        'the peer ignores the max_fragment_length or record_size_limit that was agreed on',
        'the receive buffer of a small device is shorter than the record',
      ],
      advice: 'Make records smaller at the sender, or the receive buffer larger at the sender of the alert.',
    },
  ],
  [30, { means: 'compressed data could not be read', usual: ['a faulty stack: nobody should compress any more'] }],
  [
    40,
    {
      means: 'no common set of parameters was found, or the handshake failed otherwise',
      usual: [
        'no cipher suite in common, or none that fits the certificate of the server',
        'no group or signature algorithm in common',
        'a client certificate is missing',
        'one end has a protocol version that the other does not',
      ],
      advice: 'Compare the cipher suites, groups, signature algorithms and versions that both ends are configured for.',
    },
  ],
  [
    41,
    {
      means: 'a certificate was asked for and none came (a code of SSL 3.0)',
      usual: ['the client has no certificate that fits the request'],
      advice: 'Give the client a certificate, or let the server do without.',
    },
  ],
  [
    42,
    {
      means: 'a certificate is corrupt, its signature is wrong, or it fails some check',
      usual: [
        'its issuer is unknown',
        'it has expired',
        'its name is not the one expected',
        'in WebRTC: it does not have the fingerprint of the SDP',
      ],
    },
  ],
  [
    43,
    {
      means: 'a certificate is of a kind that is not supported',
      usual: ['a raw public key where X.509 is expected, or the other way round', 'a key type that the stack lacks'],
    },
  ],
  [44, { means: 'a certificate was revoked by its issuer', usual: ['it was replaced and the old one still in use'] }],
  [
    45,
    {
      means: 'a certificate has expired or is not valid yet',
      usual: ['it was not renewed', 'the clock of one end is wrong'],
      advice: 'Look at the dates of the certificate and at the clocks of both ends.',
    },
  ],
  [
    46,
    {
      means: 'a certificate fails a check that has no code of its own',
      usual: ['its name is not the one expected', 'in WebRTC: it does not have the fingerprint of the SDP'],
    },
  ],
  [
    47,
    {
      means: 'a field of the handshake is out of range or contradicts another',
      usual: [
        'the peer chose what was not offered',
        'a second ClientHello differs from the first in what must stay the same',
        'something on the way changed a packet',
        'a stack with a fault',
      ],
    },
  ],
  [
    48,
    {
      means: 'no trusted issuer was found for a certificate',
      usual: [
        'its issuer is not among the trusted ones',
        'an intermediate certificate was not sent',
        'it is self-signed',
      ],
      advice: 'Give the sender of the alert the issuer as a trusted root, and have its peer send the whole chain.',
    },
  ],
  [
    49,
    {
      means: 'the certificate or key is valid, but its owner has no access',
      usual: ['the name is missing in a list of those who may connect'],
      advice: 'Add the peer to those who may connect, at the sender of the alert.',
    },
  ],
  [
    50,
    {
      means: 'a message could not be read: a length or value in it is wrong',
      usual: ['a packet was damaged or cut', 'a stack that writes the message in another form', 'a failed reassembly'],
    },
  ],
  [
    51,
    {
      means: 'a signature or the check over the handshake is wrong',
      usual: [
        'the key that signed does not belong to the certificate',
        'the two ends saw different messages: one was changed, or is missing in the hash of one side',
        'in DTLS 1.3 a wrong pre-shared key',
      ],
    },
  ],
  [
    52,
    {
      means: 'the peer asked for more connection IDs than there are to give',
      usual: ['a RequestConnectionId with too high a number'],
    },
  ],
  [60, { means: 'an export rule was broken (a code that nobody uses any more)', usual: ['a very old stack'] }],
  [
    70,
    {
      means: 'the protocol version is recognised but not supported',
      usual: ['one end has only DTLS 1.0, or only DTLS 1.3', 'a version was disabled at one end'],
      advice: 'Enable a version at both ends that the other has too: DTLS 1.2 or 1.3.',
    },
  ],
  [
    71,
    {
      means: 'the parameters offered are too weak, or of a kind that the server does not want',
      usual: [
        'no cipher suite that the server deems strong enough',
        'an extension is missing that the server needs, such as use_srtp',
      ],
      advice: 'Compare what the client offers with what the server is configured to require.',
    },
  ],
  [
    80,
    {
      means: 'the sender has a problem of its own, without any fault of the peer',
      usual: [
        'it ran out of time or of repeats',
        'memory or a buffer was too small, as for a long certificate chain',
        'its key or certificate could not be loaded',
      ],
      advice: 'Read the log of the sender of the alert: only it knows.',
    },
  ],
  [
    86,
    {
      means: 'the client has fallen back to an old version although the server has a newer one',
      usual: ['an earlier attempt with the newer version was lost', 'somebody tries to force an old version'],
    },
  ],
  [
    90,
    { means: 'the handshake was cancelled, not by an error', usual: ['a user or program stopped it', 'a time limit'] },
  ],
  [100, { means: 'the sender does not renegotiate', usual: ['renegotiation is switched off, as it should be'] }],
  [
    109,
    {
      means: 'an extension is missing that this handshake needs',
      usual: ['a ClientHello of DTLS 1.3 without key_share, supported_groups or signature_algorithms'],
    },
  ],
  [
    110,
    {
      means: 'an answer has an extension that was not asked for',
      usual: ['a server that sends what the client did not offer', 'an extension that has no place in this message'],
    },
  ],
  [
    111,
    {
      means: 'a certificate could not be fetched from its URL (a code that TLS 1.3 gave up)',
      usual: ['the URL cannot be reached'],
    },
  ],
  [
    112,
    {
      means: 'the server does not know the name that the client asked for',
      usual: ['server_name has an old or wrong host name', 'the server was not configured for that name'],
      advice: 'Compare the server_name of the ClientHello with the names that the server is configured for.',
    },
  ],
  [113, { means: 'the OCSP answer was not acceptable', usual: ['a stale or wrong stapled answer'] }],
  [114, { means: 'a certificate does not have the hash that was expected', usual: ['a wrong client_certificate_url'] }],
  [
    115,
    {
      means: 'the server does not know the PSK identity',
      usual: ['the identity is misspelt', 'it was deleted or has expired at the server'],
      advice: 'Compare the PSK identity of the client with those that the server knows.',
    },
  ],
  [
    116,
    {
      means: 'a client certificate is required and none came',
      usual: ['the client has no certificate that fits the request'],
      advice: 'Give the client a certificate, or let the server do without.',
    },
  ],
  [
    117,
    { means: 'the handshake failed for a reason that has no code of its own', usual: ['see the log of the sender'] },
  ],
  [
    120,
    {
      means: 'no application protocol in common',
      usual: ['the ALPN lists of the two ends do not overlap'],
      advice: 'Compare the ALPN names that both ends are configured for.',
    },
  ],
  [121, { means: 'encrypted ClientHello is required', usual: ['the client used an old configuration for it'] }],
]);

const UNKNOWN: AlertCause = {
  means: 'something went wrong that has no name: the code is in no registry',
  usual: ['a faulty stack, or one that uses codes of its own'],
};

export const causeOf = (code: number): AlertCause => ALERT_CAUSES.get(code) ?? UNKNOWN;
