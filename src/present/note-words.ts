/** What notes are on, in words. */
import type { ListedFinding } from '../analysis/listed-association.ts';
import type { PointsView } from '../analysis/story.ts';
import type { AssociationDetail, CaptureSummary, Content, RecordView } from '../analysis/trace.ts';
import type { Anchor, RecordPlace } from '../share/notes.ts';
import { pointNames } from './capture-points.ts';
import { recordOf } from './note-places.ts';
import { milliseconds } from './time-scale.ts';

export interface Names {
  /** The association that is shown, for names and times of its records. */
  readonly detail: AssociationDetail | null;
  readonly captures: readonly Pick<CaptureSummary, 'name'>[];
  /** Null where there is one capture point. */
  readonly points?: PointsView | null;
  readonly findings: readonly Pick<ListedFinding, 'rule' | 'title'>[];
}

/** "packet 5, ClientKeyExchange, 3.391 ms". */
export function anchorWords(anchor: Anchor, names: Names): string {
  if (anchor.on === 'trace') return 'the whole trace';
  const { detail } = names;
  const record = anchor.at && detail && recordOf(detail, anchor.at);
  const where = anchor.at ? packetWords(anchor.at, names) : '';
  const since = detail?.association.startMs ?? 0;
  const time = record ? `, ${milliseconds(record.timeMs - since)} ms` : '';
  switch (anchor.on) {
    case 'record':
      return `${where}${record ? `, ${recordName(record)}` : ''}${time}`;
    case 'message':
      return `${shown(anchor.name)} in ${where}${time}`;
    case 'flight':
      return `flight ${anchor.flight}, attempt ${anchor.transmission}, from ${where}${time}`;
    case 'bytes':
      return `${byteWords(anchor)}, ${where}${time}`;
    case 'time':
      return `${milliseconds(anchor.fromMs - since)} to ${milliseconds(anchor.toMs - since)} ms`;
    case 'finding':
      return `finding: ${titleOf(names, anchor.rule)}`;
  }
}

/** For the margin, where the row itself says the rest: "packet 10", "Certificate". */
export function anchorInShort(anchor: Anchor, names: Names): string {
  switch (anchor.on) {
    case 'record':
      return packetWords(anchor.at, names);
    case 'message':
      return shown(anchor.name);
    case 'flight':
      return `flight ${anchor.flight}, attempt ${anchor.transmission}`;
    case 'bytes':
      return byteWords(anchor);
    case 'finding':
      return 'finding';
    default:
      return anchorWords(anchor, names);
  }
}

/** What kind of thing it is, for a choice among several: "Record", "Flight 5, attempt 2". */
export function anchorKind(anchor: Anchor, { findings, detail }: Names): string {
  switch (anchor.on) {
    case 'record':
      return `Record ${anchor.at.record} of packet ${anchor.at.packet}`;
    case 'message':
      return `Message ${shown(anchor.name)}`;
    case 'flight':
      return `Flight ${anchor.flight}, attempt ${anchor.transmission}`;
    case 'bytes':
      return capital(byteWords(anchor));
    case 'time':
      return `Time from ${milliseconds(anchor.fromMs - (detail?.association.startMs ?? 0))} ms`;
    case 'finding':
      return `Finding ${findings.find(({ rule }) => rule === anchor.rule)?.rule ?? shown(anchor.rule)}`;
    case 'trace':
      return 'The whole trace';
  }
}

/** "ServerHello, Certificate". */
export function recordName({ contents }: RecordView): string {
  return [...new Set(contents.map(contentName))].join(', ') || 'record';
}

function contentName(content: Content): string {
  switch (content.kind) {
    case 'handshake':
    case 'encrypted':
    case 'other':
      return content.name;
    case 'changeCipherSpec':
      return 'ChangeCipherSpec';
    case 'alert':
      return `alert ${content.description}`;
    case 'ack':
      return 'ACK';
    case 'applicationData':
      return 'application data';
    case 'malformed':
      return 'damaged record';
  }
}

const BUFFERS: Readonly<Record<string, string>> = {
  record: 'the record',
  packet: 'the packet',
  plaintext: 'its plaintext',
};

function byteWords({ buffer, from, to }: Extract<Anchor, { on: 'bytes' }>): string {
  const of = BUFFERS[buffer] ?? 'the message';
  return to - from === 1 ? `byte ${from} of ${of}` : `bytes ${from}–${to - 1} of ${of}`;
}

/** With two capture points "packet A5", with several files of one point "packet 5 of b.pcap". */
function packetWords({ capture, packet }: RecordPlace, { captures, points }: Names): string {
  const point = points && pointNames(points)(capture);
  if (point) return `packet ${point}${packet}`;
  const name = captures.length > 1 ? captures[capture]?.name : undefined;
  return name === undefined ? `packet ${packet}` : `packet ${packet} of ${name}`;
}

function titleOf({ findings }: Names, rule: string): string {
  return findings.find((finding) => finding.rule === rule)?.title ?? shown(rule);
}

/** A name that somebody else's note brought along: without what would turn the text around it. */
function shown(name: string): string {
  return name.replace(/[\p{C}\u2028\u2029]/gu, '\ufffd');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
