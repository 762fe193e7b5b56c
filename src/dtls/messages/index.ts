/** The body of a handshake message by its type: what follows the 12-byte header of RFC 6347 §4.2.2. */
import type { ByteReader } from '../../wire/reader.ts';
import { HANDSHAKE_TYPE, handshakeTypeName } from '../registry.ts';
import { type Certificate, decodeCertificate } from './certificate.ts';
import { type CertificateRequest, decodeCertificateRequest } from './certificate-request.ts';
import {
  type CertificateStatus,
  type CompressedCertificate,
  decodeCertificateStatus,
  decodeCompressedCertificate,
  decodeSupplementalData,
  type SupplementalData,
} from './certificate-status.ts';
import { type ClientHello, decodeClientHello } from './client-hello.ts';
import { type ClientKeyExchange, decodeClientKeyExchange } from './client-key-exchange.ts';
import {
  decodeNewConnectionId,
  decodeRequestConnectionId,
  type NewConnectionId,
  type RequestConnectionId,
} from './connection-ids.ts';
import type { MessageContext } from './context.ts';
import { decodeEncryptedExtensions, type EncryptedExtensions } from './encrypted-extensions.ts';
import { decodeFinished, type Finished } from './finished.ts';
import { decodeHelloVerifyRequest, type HelloVerifyRequest } from './hello-verify-request.ts';
import { decodeKeyUpdate, type KeyUpdate } from './key-update.ts';
import { decodeNewSessionTicket, type NewSessionTicket } from './new-session-ticket.ts';
import { decodeServerHello, type ServerHello } from './server-hello.ts';
import { decodeServerKeyExchange, type ServerKeyExchange } from './server-key-exchange.ts';
import { type CertificateVerify, decodeSignature } from './signature.ts';

export type { MessageContext } from './context.ts';

/** A message that is known by name at most. */
export interface OpaqueMessage {
  readonly handshakeType: number;
  readonly body: Uint8Array;
}

/** Name of the message → what it says; `object` where it says all it has to say by being there. */
interface MessageValues {
  HelloRequest: object;
  ClientHello: ClientHello;
  ServerHello: ServerHello;
  HelloVerifyRequest: HelloVerifyRequest;
  NewSessionTicket: NewSessionTicket;
  EndOfEarlyData: object;
  EncryptedExtensions: EncryptedExtensions;
  RequestConnectionId: RequestConnectionId;
  NewConnectionId: NewConnectionId;
  Certificate: Certificate;
  ServerKeyExchange: ServerKeyExchange;
  CertificateRequest: CertificateRequest;
  ServerHelloDone: object;
  CertificateVerify: CertificateVerify;
  ClientKeyExchange: ClientKeyExchange;
  Finished: Finished;
  CertificateStatus: CertificateStatus;
  SupplementalData: SupplementalData;
  KeyUpdate: KeyUpdate;
  CompressedCertificate: CompressedCertificate;
  Opaque: OpaqueMessage;
}

/** Told apart by `type`, the RFC's name of the message. */
export type HandshakeMessage = {
  [T in keyof MessageValues]: { readonly type: T } & MessageValues[T];
}[keyof MessageValues];

/**
 * Reads one whole body. Never throws: what is wrong is in `r.problems`, beside whatever could be read; bytes that are
 * left over become a `trailing` problem.
 */
export function decodeHandshakeBody(type: number, r: ByteReader, context: MessageContext): HandshakeMessage {
  const message = decodeByType(type, r, context);
  r.finish(handshakeTypeName(type));
  return message;
}

function decodeByType(type: number, r: ByteReader, context: MessageContext): HandshakeMessage {
  switch (type) {
    case HANDSHAKE_TYPE.helloRequest:
      return { type: 'HelloRequest' };
    case HANDSHAKE_TYPE.clientHello:
      return { type: 'ClientHello', ...decodeClientHello(r) };
    case HANDSHAKE_TYPE.serverHello:
      return { type: 'ServerHello', ...decodeServerHello(r) };
    case HANDSHAKE_TYPE.helloVerifyRequest:
      return { type: 'HelloVerifyRequest', ...decodeHelloVerifyRequest(r) };
    case HANDSHAKE_TYPE.newSessionTicket:
      return { type: 'NewSessionTicket', ...decodeNewSessionTicket(r, context) };
    case HANDSHAKE_TYPE.endOfEarlyData:
      return { type: 'EndOfEarlyData' };
    case HANDSHAKE_TYPE.encryptedExtensions:
      return { type: 'EncryptedExtensions', ...decodeEncryptedExtensions(r) };
    case HANDSHAKE_TYPE.requestConnectionId:
      return { type: 'RequestConnectionId', ...decodeRequestConnectionId(r) };
    case HANDSHAKE_TYPE.newConnectionId:
      return { type: 'NewConnectionId', ...decodeNewConnectionId(r) };
    case HANDSHAKE_TYPE.certificate:
      return { type: 'Certificate', ...decodeCertificate(r, context) };
    case HANDSHAKE_TYPE.serverKeyExchange:
      return { type: 'ServerKeyExchange', ...decodeServerKeyExchange(r, context) };
    case HANDSHAKE_TYPE.certificateRequest:
      return { type: 'CertificateRequest', ...decodeCertificateRequest(r, context) };
    case HANDSHAKE_TYPE.serverHelloDone:
      return { type: 'ServerHelloDone' };
    case HANDSHAKE_TYPE.certificateVerify:
      return { type: 'CertificateVerify', ...decodeSignature(r, context) };
    case HANDSHAKE_TYPE.clientKeyExchange:
      return { type: 'ClientKeyExchange', ...decodeClientKeyExchange(r, context) };
    case HANDSHAKE_TYPE.finished:
      return { type: 'Finished', ...decodeFinished(r) };
    case HANDSHAKE_TYPE.certificateStatus:
      return { type: 'CertificateStatus', ...decodeCertificateStatus(r) };
    case HANDSHAKE_TYPE.supplementalData:
      return { type: 'SupplementalData', ...decodeSupplementalData(r) };
    case HANDSHAKE_TYPE.keyUpdate:
      return { type: 'KeyUpdate', ...decodeKeyUpdate(r) };
    case HANDSHAKE_TYPE.compressedCertificate:
      return { type: 'CompressedCertificate', ...decodeCompressedCertificate(r) };
    default:
      return { type: 'Opaque', handshakeType: type, body: r.opaque('body', r.remaining) };
  }
}
