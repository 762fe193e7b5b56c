/** What a row of the sequence diagram is, before it has a place on the drawing. */
import type { Sender, TransmissionCause } from '../analysis/trace.ts';
import type { PointName } from './capture-points.ts';
import type { Segment } from './sequence-segments.ts';

/** What became of a row's records; `lost` is inferred, `lost-proven` is shown by two capture points. */
export type Fate = 'delivered' | 'lost' | 'lost-proven';
export type RowMark = 'first' | 'retransmission' | 'duplicate';

/** The transmission of a flight that a row belongs to. */
export interface Attempt {
  readonly handshake: number;
  readonly flight: number;
  /** 1 for the first transmission. */
  readonly number: number;
  /** The last transmission of this flight; null where the flight is unknown. */
  readonly of: number | null;
  readonly complete: boolean | null;
  readonly cause: TransmissionCause;
  readonly sincePreviousMs: number | null;
  /** The timer that sent it again, as its schedule has it; null where none did or it keeps to none. */
  readonly timerMs: number | null;
}

/** The pieces of one message, in bytes of that message. */
export interface Fragments {
  readonly messageLength: number;
  readonly pieces: readonly {
    /** 0 for a piece that never reached the capture. */
    readonly record: number;
    readonly from: number;
    readonly to: number;
    readonly fate: Fate;
  }[];
  /** 1-based place of the first piece among the fragments of its transmission. */
  readonly first: number;
  readonly sent: number;
}

/** A row as two capture points see it. */
export interface Crossing {
  /**
   * `crossed`: both points have it. `lost`: it passed the first and never came to the second. `sent-only`: the second
   * tells nothing of it. `arrived-only`: only the second has it. `never-captured`: it was lost before the first.
   */
  readonly kind: 'crossed' | 'lost' | 'sent-only' | 'arrived-only' | 'never-captured';
  /** The points near its sender and near its receiver; null for a run that goes both ways. */
  readonly from: PointName | null;
  readonly to: PointName | null;
  /** "A5", "B6–8". */
  readonly packets: string;
  readonly delayMs: { readonly shown: number; readonly least: number; readonly greatest: number } | null;
}

export interface BurstRow {
  readonly kind: 'burst';
  /** Its first record: stable while rows fold and open. */
  readonly key: number;
  /** Key of the burst that it is, or is a part of. */
  readonly burst: number;
  /** Whether that burst is one row that opens, or rows that fold; null where there is nothing to open. */
  readonly opens: 'closed' | 'open' | null;
  /** Empty for what was lost before it could be captured. */
  readonly records: readonly number[];
  /** Records that show a loss which has none of its own, or that of a piece. */
  readonly evidence: readonly number[];
  /** Of what was never captured, the record that it follows; null where its evidence tells the place. */
  readonly follows: number | null;
  readonly sender: Sender;
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: readonly number[];
  readonly bytes: number;
  readonly segments: readonly Segment[];
  readonly fragments: Fragments | null;
  readonly note: string | null;
  readonly mark: RowMark;
  /** It was overtaken on the way. */
  readonly overtaken: boolean;
  /** The records that this row repeats. */
  readonly repeats: readonly number[];
  /** The records that its ACKs name, as far as they were captured. */
  readonly acknowledges: readonly number[];
  readonly fate: Fate;
  /** Null with one capture point. */
  readonly crossing: Crossing | null;
  readonly attempt: Attempt | null;
  /** Why its records could not be read, where they could not: whole sentences. */
  readonly explanations: readonly string[];
  /** Nothing but application data: what long runs are folded from. */
  readonly application: boolean;
}

export interface Traffic {
  readonly records: number;
  readonly bytes: number;
}

export interface FoldRow {
  readonly kind: 'fold';
  /** First record of the run, negative: its first row has the same one. */
  readonly key: number;
  readonly open: boolean;
  /** The records drawn by this row: none while it is open. */
  readonly records: readonly number[];
  readonly startMs: number;
  readonly endMs: number;
  /** Of the whole run, open or not. */
  readonly durationMs: number;
  readonly packets: readonly number[];
  readonly client: Traffic;
  readonly server: Traffic;
  readonly duplicates: number;
  /** Records that did not arrive. */
  readonly lost: number;
  readonly crossing: Crossing | null;
  readonly protocol: string | null;
  /** None of its records could be read, so that they are application data is presumed. */
  readonly encrypted: boolean;
  /** How many of its records are told in sums: which packets brought them is not known one by one. */
  readonly inSums: number;
  /** A record to look around where nothing but sums is known of these; null where the run can be unfolded. */
  readonly around: number | null;
}

export type SequenceRow = BurstRow | FoldRow;
