/** What can be taken away, in words: what each file holds, and who may read what if it gets around. */
import type { ListedAssociation, ListedTrace } from '../analysis/listed-association.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { byteCount, counted } from './association-row.ts';

export type ExportId =
  | 'html'
  | 'markdown'
  | 'json'
  | 'svg'
  | 'png'
  | 'packets'
  | 'packetsWithKeys'
  | 'keys'
  | 'plaintext';

export interface ExportItem {
  readonly id: ExportId;
  readonly name: string;
  readonly holds: string;
  /** Who can read what with it; null where the capture itself says as much. */
  readonly warning: string | null;
  readonly ending: string;
  /** Why it cannot be had; null where it can. */
  readonly missing: string | null;
}

export interface ExportGroup {
  readonly title: string;
  readonly items: readonly ExportItem[];
}

export interface ExportScope {
  readonly trace: ListedTrace;
  /** The association that is shown. */
  readonly detail: AssociationDetail;
  /** It alone, or all of them. */
  readonly alone: boolean;
  /** The diagram as it would be drawn; null where it was not laid out. */
  readonly picture: { readonly width: number; readonly height: number; readonly bytes: number } | null;
  /** Pixels for each pixel of the layout; null where no browser can hold so large a picture. */
  readonly pngScale: number | null;
}

export function exportGroups(scope: ExportScope): ExportGroup[] {
  return [
    { title: 'Report', items: reports(scope) },
    { title: 'Diagram', items: pictures(scope) },
    { title: 'Capture', items: captures(scope) },
  ];
}

const FREE = { warning: null, missing: null } as const;

/** Arrows are labelled with it. Null where there is none. */
function shownPlaintext(associations: readonly ListedAssociation[]): string | null {
  const opened = associations.some(
    ({ records, applicationData: { client, server } }) => records.decrypted > 0 && client.records + server.records > 0,
  );
  return opened ? 'Anyone with this file can read the beginnings of decrypted application data.' : null;
}

function reports({ alone, trace, detail }: ExportScope): ExportItem[] {
  const warning = shownPlaintext(alone ? [detail.association] : trace.associations);
  const of = alone ? 'this association' : 'all associations';
  return [
    {
      ...FREE,
      warning,
      id: 'html',
      name: 'Report, HTML',
      holds: `One file to send or keep: verdict, diagram, findings with evidence, tables, of ${of}. No scripts.`,
      ending: 'html',
    },
    {
      ...FREE,
      warning,
      id: 'markdown',
      name: 'Report, Markdown',
      holds: 'Verdict, findings and flights in characters, for a ticket or a message.',
      ending: 'md',
    },
    {
      ...FREE,
      id: 'json',
      name: 'Report, JSON',
      holds: 'Everything, for programs: what the command line writes with --format json.',
      ending: 'json',
    },
  ];
}

function pictures({ picture, pngScale, detail }: ExportScope): ExportItem[] {
  const warning = shownPlaintext([detail.association]);
  const whole = `The whole of association ${detail.association.id}`;
  const size = picture ? `, ${picture.width} × ${picture.height}` : '';
  const scaled = picture && pngScale ? `, ${picture.width * pngScale} × ${picture.height * pngScale} pixels` : '';
  const half = pngScale === 1 ? ' At twice the size it would be too large for a browser.' : '';
  return [
    {
      ...FREE,
      warning,
      id: 'svg',
      name: 'Diagram, SVG',
      holds: `${whole}${size}${picture ? `, ${byteCount(picture.bytes)}` : ''}. Sharp at any size.`,
      ending: 'svg',
    },
    {
      id: 'png',
      name: 'Diagram, PNG',
      holds: `${whole}${scaled}.${half}`,
      warning,
      ending: 'png',
      missing: pngScale === null ? 'The diagram is longer than any browser can paint. Take the SVG.' : null,
    },
  ];
}

function captures({ trace, detail, alone }: ExportScope): ExportItem[] {
  const { packets, bytes } = sizeOf(trace, detail, alone);
  const association = detail.association.id;
  const of = alone ? `association ${association}` : 'all associations';
  const points = trace.points ? ' One file for each capture point.' : '';
  const records = alone ? [detail.association] : trace.associations;
  const opened = records.some((a) => a.records.decrypted > 0);
  const data = records.reduce((n, a) => n + a.applicationData.client.records + a.applicationData.server.records, 0);
  const session = alone ? 'this session' : 'these sessions';
  return [
    {
      id: 'packets',
      name: 'Trimmed capture, pcapng',
      holds: `Only the packets of ${of}, byte for byte: ${counted(packets, 'packet')}${bytes}. Findings stand in packet comments.${points}`,
      warning: null,
      ending: 'pcapng',
      missing: null,
    },
    {
      id: 'packetsWithKeys',
      name: 'Trimmed capture with keys, pcapng',
      holds: `The same with the key log lines that ${of} ${alone ? 'uses' : 'use'}, so that Wireshark decrypts it as it is.`,
      warning: `Anyone with this file can read everything that was sent in ${session}.`,
      ending: 'pcapng',
      missing: opened ? null : NOT_OPENED,
    },
    {
      id: 'keys',
      name: 'Keys, key log',
      holds: `The key log lines that ${of} ${alone ? 'uses' : 'use'}, and no others.`,
      warning: `Anyone with this file and the traffic can read everything that was sent in ${session}.`,
      ending: 'keys',
      missing: opened ? null : NOT_OPENED,
    },
    {
      id: 'plaintext',
      name: 'Decrypted traffic, pcapng',
      holds: `The application data of ${of} without encryption, a packet each, as Wireshark exports PDUs${data > 0 ? `: ${counted(data, 'record')}` : ''}.`,
      warning: `Anyone with this file can read what the application sent in ${session}.`,
      ending: 'pcapng',
      missing: opened ? null : NOT_OPENED,
    },
  ];
}

const NOT_OPENED = 'Nothing was decrypted: no key opened it.';

/** Of all associations only their records are at hand. */
function sizeOf({ captures: all }: ListedTrace, { records }: AssociationDetail, alone: boolean) {
  if (!alone) return { packets: all.reduce((n, c) => n + c.dtlsDatagrams, 0), bytes: '' };
  const packets = new Set<string>();
  let bytes = 0;
  for (const { capture, packets: own, arrival, length } of records) {
    for (const packet of own) packets.add(`${capture} ${packet}`);
    if (arrival) packets.add(`${arrival.capture} ${arrival.packet}`);
    bytes += length;
  }
  return { packets: packets.size, bytes: `, more than ${byteCount(bytes)}` };
}

/** A name for the file, made of the capture's: "stopped-a2-plaintext.pcapng". */
export function exportName(
  { captures: [first], associations }: ListedTrace,
  file: {
    readonly id: ExportId;
    readonly ending: string;
    readonly association: string | null;
    readonly point: string | null;
  },
): string {
  const parts = [
    stem(first?.name ?? ''),
    file.association !== null && associations.length > 1 ? file.association : '',
    SUFFIXES[file.id] ?? '',
    file.point ?? '',
  ];
  return `${parts.filter((part) => part !== '').join('-')}.${file.ending}`;
}

/** Files that would have the name of the capture, or of each other. */
const SUFFIXES: Readonly<Partial<Record<ExportId, string>>> = {
  packets: 'trimmed',
  packetsWithKeys: 'with-keys',
  plaintext: 'plaintext',
};

/** What every file system takes; the endings of captures say nothing of what is written now. */
function stem(name: string): string {
  const bare = name.replace(/(\.(pcapng|pcap|cap|txt|json|gz|dtlstrace))+$/i, '');
  return (
    bare
      .replace(/[^\p{L}\p{N}._ -]+/gu, '_')
      .replace(/^[. ]+|[. ]+$/g, '')
      .slice(0, 120) || 'dtls'
  );
}

/** Chromium and Firefox hold no side longer than this, and phones no area larger than that. */
const LONGEST_SIDE_PX = 16_384;
const LARGEST_AREA_PX = 67_108_864;

export function pngScale({ width, height }: { readonly width: number; readonly height: number }): 2 | 1 | null {
  const fits = (scale: number) =>
    Math.max(width, height) * scale <= LONGEST_SIDE_PX && width * height * scale * scale <= LARGEST_AREA_PX;
  return fits(2) ? 2 : fits(1) ? 1 : null;
}
