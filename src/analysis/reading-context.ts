/** What every association of a trace is read with. */
import type { DataBudget } from './data-budget.ts';
import type { Keyring } from './keyring.ts';
import type { LastAsked } from './last-asked.ts';
import type { LogStore } from './log-store.ts';
import type { Nonces } from './nonce-counters.ts';
import type { ReceivedRecord } from './record-protection.ts';
import type { RecordTable } from './record-table.ts';

export interface ReadingContext {
  readonly table: RecordTable;
  readonly keyring: Keyring;
  readonly budget: DataBudget;
  /** Whose messages are in memory. */
  readonly readings: LastAsked;
  /** Whose ciphers are ready. */
  readonly ciphers: LastAsked;
  readonly logs: LogStore;
  /** What was told of the nonces of others, see `NonceCounters.settled`. */
  readonly nonces: Map<string, Nonces>;
  /** Reads a record again, as it was read when it came. */
  record(index: number): ReceivedRecord;
}
