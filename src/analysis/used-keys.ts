/** The key log lines by which associations were opened, for those who want to open them elsewhere. */
import { toHex } from '../wire/text.ts';
import type { AnalysedAssociation } from './analyse.ts';
import type { Side } from './record-table.ts';

/** One line of an NSS key log. */
export interface KeyLine {
  readonly label: string;
  /** Hex, as the secret. */
  readonly clientRandom: string;
  readonly secret: string;
}

const SIDES: readonly Side[] = [0, 1];

/**
 * A master secret that followed from a pre-shared key, a private key or an earlier handshake is written as the line that
 * a stack would have logged for this handshake: by its own client random, whoever reads it finds it.
 */
export function usedKeyLines(associations: readonly AnalysedAssociation[]): KeyLine[] {
  const lines = new Map<string, KeyLine>();
  const add = (line: KeyLine) => lines.set(`${line.label} ${line.clientRandom} ${line.secret}`, line);
  for (const { state } of associations) {
    for (const epoch of state.protection.epochs) {
      const random = state.handshakes.find((h) => h.number === epoch)?.clientHello?.random;
      for (const side of SIDES) {
        const proven = state.protection.keys(epoch).provenSecret(side);
        const clientRandom = random ? toHex(random) : (proven?.clientRandom ?? '');
        if (proven && clientRandom !== '') add({ label: 'CLIENT_RANDOM', clientRandom, secret: toHex(proven.secret) });
      }
    }
    // After a KeyUpdate the secret follows from the line of the first one.
    for (const { source } of state.protection.traffic.used)
      add({ label: source.label, clientRandom: source.clientRandom, secret: toHex(source.secret) });
  }
  return [...lines.values()];
}
