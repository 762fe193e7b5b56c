/** The whole boundary between the page and the worker: both directions are one tagged union, nothing else crosses. */
import type { ApplicationDataView, DataQuery } from '../analysis/application-data.ts';
import type { EarlyAssociation } from '../analysis/early-association.ts';
import type { Found, Sought } from '../analysis/find-record.ts';
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import type { AnalysisProgress, SessionProgress } from '../analysis/progress.ts';
import type { AssociationDetail, RecordDetail, SrtpKeys } from '../analysis/trace.ts';
import type { SharedFacts, SharingAnswer, SharingQuestion } from './sharing-protocol.ts';

/** A file as the page got it. Captures, keys and shared traces are told apart by content in the worker. */
export interface InputFile {
  readonly name: string;
  readonly blob: Blob;
  /** Of the text of a link: the page's own address, on whose server the trace may be. */
  readonly base?: string;
}

export type Add = boolean | 'auto';

/** A file to write: a report, or a capture. */
export interface WriteRequest {
  /** `packetsWithKeys` and `keys` hold secrets, `plaintext` what they protect. */
  readonly what: 'html' | 'markdown' | 'json' | 'packets' | 'packetsWithKeys' | 'plaintext' | 'keys';
  /** Null for all of them. */
  readonly association: string | null;
  /** Decrypted application data in the JSON. */
  readonly data: boolean;
  /** Go into captures as comments of their packets; none by default. */
  readonly notes?: readonly PacketNote[];
  /** What the file says it was made by. */
  readonly generator: string;
}

/** What somebody wrote on a packet of a capture, which is named by its index. */
export interface PacketNote {
  readonly capture: number;
  readonly packet: number;
  readonly text: string;
}

export interface WrittenFile {
  readonly blob: Blob;
  /** Of captures. */
  readonly packets: number | null;
  /** Two capture points give a file each. */
  readonly point: 'a' | 'b' | null;
}

/** So many that follow each other in the list, from the one at `from`. */
export interface EarlyRows {
  readonly from: number;
  readonly rows: readonly EarlyAssociation[];
}

export type ToWorker =
  /**
   * Opens the files: with `add` true beside what is already open, with false instead of it (but only once they proved
   * usable). With 'auto' the content decides: key logs alone are added; captures replace the open ones, and keys that
   * waited for a capture stay.
   */
  | { readonly do: 'open'; readonly job: number; readonly files: readonly InputFile[]; readonly add: Add }
  /** `around`: the record that is looked for, where not all are told one by one; null for none. */
  | { readonly do: 'association'; readonly job: number; readonly id: string; readonly around: number | null }
  /** What the first of two capture points alone tells of it. */
  | { readonly do: 'alone'; readonly job: number; readonly id: string }
  | { readonly do: 'record'; readonly job: number; readonly record: number }
  /** The key is hex, or text where `text` says so; an empty identity means any. Answered by `opened` or `failed`. */
  | {
      readonly do: 'addPsk';
      readonly job: number;
      readonly identity: string;
      readonly key: string;
      readonly text: boolean;
    }
  /** A file that is meant to be a private key. Answered by `opened` or `failed`, with `needsPassword` before it. */
  | {
      readonly do: 'addPrivateKey';
      readonly job: number;
      readonly file: InputFile;
      readonly password: string | null;
    }
  /** Treats datagrams of these UDP ports as DTLS, which is decided while reading: so `files` are read once more. */
  | {
      readonly do: 'forcePorts';
      readonly job: number;
      readonly ports: readonly number[];
      readonly files: readonly InputFile[];
    }
  /** Answered by `opened` with what is left, as `close` is. */
  /** The decoded application data of an association, as far as it matches. */
  | { readonly do: 'applicationData'; readonly job: number; readonly id: string; readonly query: DataQuery }
  /** Where a record or packet is. */
  | { readonly do: 'find'; readonly job: number; readonly sought: Sought; readonly near: string | null }
  /** SRTP master keys, derived only when asked for. */
  | { readonly do: 'srtpKeys'; readonly job: number; readonly id: string }
  /** Answered by `written`. */
  | { readonly do: 'write'; readonly job: number; readonly request: WriteRequest }
  /** Answered by `sharing`, or by `cancelled` where that came before it began. */
  | { readonly do: 'sharing'; readonly job: number; readonly question: SharingQuestion }
  | { readonly do: 'forgetKeys'; readonly job: number }
  | { readonly do: 'close'; readonly job: number }
  | { readonly do: 'cancel'; readonly job: number };

export type FromWorker =
  | (Omit<SessionProgress, 'early'> & {
      readonly is: 'progress';
      readonly job: number;
      /** Rows for the first associations: new ones, and ones that were told before. */
      readonly early: readonly EarlyRows[];
    })
  /** Every file is read. */
  | { readonly is: 'analysing'; readonly job: number; readonly progress: AnalysisProgress }
  /** The next associations of the `opened` that follows, whose trace has none then. */
  | { readonly is: 'part'; readonly job: number; readonly associations: readonly ListedAssociation[] }
  /** A private key among the files is encrypted. The answer to the job itself follows. */
  | { readonly is: 'needsPassword'; readonly job: number; readonly file: InputFile; readonly message: string }
  /**
   * `failures`: one sentence for each file that could not be used; the others are open. `shared`: what is open was
   * shared by somebody.
   */
  | {
      readonly is: 'opened';
      readonly job: number;
      readonly trace: ListedTrace;
      readonly failures: readonly string[];
      readonly shared?: SharedFacts;
    }
  /** Nothing usable: what was open stays open. */
  | { readonly is: 'failed'; readonly job: number; readonly failures: readonly string[] }
  | { readonly is: 'cancelled'; readonly job: number }
  | { readonly is: 'association'; readonly job: number; readonly detail: AssociationDetail }
  /** Null where there is one point, or where the first one has nothing of it. */
  | { readonly is: 'alone'; readonly job: number; readonly id: string; readonly detail: AssociationDetail | null }
  | { readonly is: 'record'; readonly job: number; readonly detail: RecordDetail }
  | { readonly is: 'applicationData'; readonly job: number; readonly data: ApplicationDataView }
  /** There is no such association or record (any more). */
  | { readonly is: 'srtpKeys'; readonly job: number; readonly id: string; readonly keys: SrtpKeys | string }
  | { readonly is: 'found'; readonly job: number; readonly found: Found | string }
  /** A sentence where there is nothing to write, or where a file cannot be read once more. */
  | { readonly is: 'written'; readonly job: number; readonly files: readonly WrittenFile[] | string }
  | { readonly is: 'sharing'; readonly job: number; readonly answer: SharingAnswer }
  | { readonly is: 'absent'; readonly job: number }
  /** A bug: the text of the exception, without capture bytes. */
  | { readonly is: 'crashed'; readonly job: number; readonly report: string };
