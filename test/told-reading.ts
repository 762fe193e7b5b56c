import type { AssociationReading } from '../src/analysis/association-reading.ts';

/** All that a reading tells. */
export function told(reading: AssociationReading) {
  return {
    carried: [...reading.carried].map(([record, all]) => [
      record,
      all.map((item) => (item.kind === 'fragment' ? { ...item, message: item.message?.messageSeq ?? null } : item)),
    ]),
    handshakes: reading.handshakes.map(({ number, messages, unnumbered }) => ({
      number,
      unnumbered,
      messages: messages.map(({ side, type, epoch, assembly, appearances, completedBy, conflict, full, decoded }) => ({
        ...{ side, type, epoch, appearances, completedBy, conflict, full, decoded },
        pieces: assembly.pieces.map(({ from, record, bytes }) => ({ from, record, bytes: [...bytes] })),
      })),
    })),
  };
}
