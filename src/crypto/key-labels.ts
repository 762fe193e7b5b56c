/** The labels of key log lines (draft-ietf-tls-keylogfile, NSS): how long their secrets are, and what they open. */

/** A master secret by client random. */
export const MASTER_LABEL = 'CLIENT_RANDOM';
/** A premaster secret by client random. */
export const PREMASTER_BY_RANDOM = 'PMS_CLIENT_RANDOM';
/** A master secret of a session, `RSA Session-ID:… Master-Key:…`; no label of a line is spelled with a space. */
export const SESSION_LABEL = 'RSA Session-ID';
/** A premaster secret by the start of its encrypted form, `RSA <16 hex> <96 hex>`. */
export const PREMASTER_LABEL = 'RSA';
export const EXPORTER_LABEL = 'EXPORTER_SECRET';
/** What `groupOf` says of every traffic secret. */
export const TRAFFIC_GROUP = 'traffic';

/** Lengths of the secret in bytes that each label may have; null where any length is possible. */
const LABELS: ReadonlyMap<string, readonly number[] | null> = new Map<string, readonly number[] | null>([
  [MASTER_LABEL, [48]],
  [PREMASTER_BY_RANDOM, null],
  ['CLIENT_EARLY_TRAFFIC_SECRET', [32, 48]],
  ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', [32, 48]],
  ['SERVER_HANDSHAKE_TRAFFIC_SECRET', [32, 48]],
  [EXPORTER_LABEL, [32, 48]],
  ['EARLY_EXPORTER_SECRET', [32, 48]],
  ['ECH_SECRET', null],
  ['ECH_CONFIG', null],
]);

/** TLS 1.3 application traffic secrets, `_0` and after each KeyUpdate the next number. */
const TRAFFIC_SECRET = /^(CLIENT|SERVER)_TRAFFIC_SECRET_(0|[1-9][0-9]{0,8})$/;
const TRAFFIC_SECRET_LENGTHS = [32, 48];

/** The lengths in bytes that the secret of this label may have; null: any; undefined: nobody knows the label. */
export function secretLengths(label: string): readonly number[] | null | undefined {
  const known = LABELS.get(label);
  return known === undefined && TRAFFIC_SECRET.test(label) ? TRAFFIC_SECRET_LENGTHS : known;
}

/** The direction (0: what the client writes) and the epoch that a traffic secret opens; null for other labels. */
export function trafficPlace(label: string): { readonly side: 0 | 1; readonly epoch: number } | null {
  const match = /^(CLIENT|SERVER)_(?:(EARLY)_TRAFFIC_SECRET|(HANDSHAKE)_TRAFFIC_SECRET|TRAFFIC_SECRET_(\d{1,5}))$/.exec(
    label,
  );
  if (!match) return null;
  const [, who, early, handshake, update] = match;
  return { side: who === 'CLIENT' ? 0 : 1, epoch: early ? 1 : handshake ? 2 : 3 + Number(update) };
}

/** Lines are looked for by group and name: traffic secrets of one client random all at once, the others by their label. */
export function groupOf(label: string): string {
  return trafficPlace(label) ? TRAFFIC_GROUP : label;
}
