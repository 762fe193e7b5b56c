/** What the sharer's keys tell of protected records, and where records lie: what leaving out content goes by. */
import type { Session } from '../analysis/session.ts';
import type { Association, AssociationDetail } from '../analysis/trace.ts';
import { cidPosition, inferCidLength } from '../dtls/connection-id.ts';
import { type DtlsRecord, decodeRecords } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { fromHex, sameBytes } from '../wire/text.ts';
import { isHarmless } from './harmless.ts';
import { type RemoverKnowledge, recordIdentity } from './leave-out.ts';
import type { Redactions } from './shared-trace.ts';

export function recordKnowledge(
  session: Session,
  details: readonly AssociationDetail[],
  level: Redactions['applicationData'],
): RemoverKnowledge {
  const harmless = new Set<string>();
  const content = new Set<string>();
  for (const { records, association } of level === 'bodies' ? [] : details)
    for (const record of records) {
      if (record.epoch === 0 || record.state !== 'decrypted') continue;
      // In DTLS 1.2 the header tells the type, unless there is a connection ID: reading them all takes its time.
      if (record.version !== null && !hasConnectionIds(association)) continue;
      const detail = session.record(record.record);
      const at = detail?.fields.find(({ name }) => name === 'record')?.at;
      const packet = detail?.buffers.find(({ id }) => id === 'packet');
      if (!at || !packet) continue;
      (isHarmless(record) ? harmless : content).add(recordIdentity(packet.bytes.subarray(at.from, at.to)));
    }
  const explicitNonce = details.some(({ association }) => hasExplicitNonce(association));
  return { level, harmless, content, explicitNonce };
}

function hasConnectionIds({ connectionIds: { client, server } }: Association): boolean {
  return client !== null || server !== null;
}

/** GCM and CCM of DTLS 1.2 begin with 8 bytes of nonce (RFC 5288 §3, RFC 6655 §3). */
function hasExplicitNonce({ version, cipherSuite }: Association): boolean {
  return version !== 'DTLS 1.3' && /_(GCM|CCM)/.test(cipherSuite?.name ?? '');
}

/** Finds the records of a datagram as the analysis does, with the connection IDs of all these associations. */
export class RecordSplitter {
  readonly #connectionIds: readonly Uint8Array[];

  constructor(details: readonly AssociationDetail[]) {
    const ids = new Set(
      details.flatMap(
        ({
          association: {
            connectionIds: { client, server },
          },
        }) => [client, server],
      ),
    );
    this.#connectionIds = [...ids]
      .flatMap((id) => (id ? (fromHex(id) ?? []) : []))
      .filter((id) => id.length > 0)
      .toSorted((a, b) => b.length - a.length);
  }

  recordsOf(payload: Uint8Array): readonly DtlsRecord[] {
    const reader = new ByteReader('packet', payload);
    return [...decodeRecords(reader, () => this.#cidLength(payload.subarray(reader.offset)))];
  }

  #cidLength(rest: Uint8Array): number {
    const at = cidPosition(rest);
    if (at === null) return 0;
    const known = this.#connectionIds.find((id) => sameBytes(id, rest.subarray(at, at + id.length)));
    return known?.length ?? inferCidLength(rest);
  }
}
