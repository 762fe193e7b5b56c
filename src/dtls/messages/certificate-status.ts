/** CertificateStatus (RFC 6066 §8), CompressedCertificate (RFC 8879 §4) and SupplementalData (RFC 4680 §2). */
import type { ByteReader } from '../../wire/reader.ts';
import { certificateCompressionName, statusTypeName } from '../registry.ts';

export interface CertificateStatus {
  readonly statusType: number;
  /** DER of an OCSP response; of status type 2 a list of them. */
  readonly response: Uint8Array;
}

export interface CompressedCertificate {
  readonly algorithm: number;
  readonly uncompressedLength: number;
  readonly compressed: Uint8Array;
}

export interface SupplementalData {
  readonly data: Uint8Array;
}

export function decodeCertificateStatus(r: ByteReader): CertificateStatus {
  return {
    statusType: r.uint8('status_type', statusTypeName),
    response: r.vector('response', 3),
  };
}

export function decodeCompressedCertificate(r: ByteReader): CompressedCertificate {
  return {
    algorithm: r.uint16('algorithm', certificateCompressionName),
    uncompressedLength: r.uint24('uncompressed_length'),
    compressed: r.vector('compressed_certificate_message', 3),
  };
}

export function decodeSupplementalData(r: ByteReader): SupplementalData {
  return { data: r.vector('supp_data', 3) };
}
