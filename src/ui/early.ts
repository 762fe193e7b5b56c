/** Associations that are listed while their capture is still read. */
import type { EarlyAssociation } from '../analysis/early-association.ts';
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import { endpointText } from '../present/association-row.ts';
import type { EarlyRows } from '../worker/protocol.ts';

type Rows = readonly EarlyAssociation[];

/** New rows, and ones that were there already, in their places. */
export function placed(early: Rows, parts: readonly EarlyRows[]): Rows {
  const rows = [...early];
  for (const { from, rows: part } of parts) for (const [i, row] of part.entries()) rows[from + i] = row;
  return rows;
}

/** Of a single one the diagram tells more, and it comes as soon. */
export const isList = (early: Rows): boolean => early.length > 1;

/** The association that a row became; null where more was found out, and the row was another one. */
export function sameRow(row: EarlyAssociation, { associations }: ListedTrace): ListedAssociation | null {
  const ends = ({ client, server }: EarlyAssociation) => `${endpointText(client)} ${endpointText(server)}`;
  const found = associations.find(({ id }) => id === row.id);
  return found && ends(found) === ends(row) ? found : null;
}
