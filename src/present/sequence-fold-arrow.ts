/** A folded run of application data, placed: one line with a head at each end that received something. */
import { lineOf, numbers, type Place, type RowLayout, type TextMark } from './sequence-arrow.ts';
import { innerEnds } from './sequence-columns.ts';
import { STUB_PX } from './sequence-path.ts';
import type { FoldRow, Traffic } from './sequence-types.ts';
import { duration, thousands } from './time-scale.ts';

const SIGN_PX = 14;

export function placeFold(row: FoldRow, place: Place): RowLayout {
  const { at, columns, narrow, measure } = place;
  const lineY = lineOf(place);
  const { client: x1, server: x2 } = innerEnds(columns);
  const label = `${thousands(row.client.records + row.server.records)} ${kindOf(row)}, ${duration(row.durationMs)}`;
  const both = bothWays(row);
  const labelPx = measure(label, 12, 500);
  const bothPx = measure(both, 11, 400);
  const beside = !narrow && SIGN_PX + labelPx + 8 + bothPx <= x2 - x1;
  const from = Math.round((x1 + x2 - SIGN_PX - labelPx - (beside ? 8 + bothPx : 0)) / 2);
  const text = { y: lineY - 5, anchor: 'start', face: 'ui' } as const;
  const texts: TextMark[] = [{ ...text, x: from + SIGN_PX, text: label, sizePx: 12, weight: 500, muted: false }];
  const counts = { ...text, text: both, sizePx: 11, weight: 400, muted: true } as const;
  if (beside) texts.push({ ...counts, x: from + SIGN_PX + labelPx + 8 });
  else if (narrow) texts.push({ ...counts, x: (x1 + x2) / 2, y: lineY + 12, anchor: 'middle' });
  const headed = { client: row.server.records > 0, server: row.client.records > 0 };
  return {
    ...at,
    lineY,
    x1,
    x2,
    endY: lineY,
    stubs: columns.points
      ? [
          { x1: x1 - STUB_PX, x2: x1, y: lineY },
          { x1: x2, x2: x2 + STUB_PX, y: lineY },
        ]
      : [],
    origin: null,
    tone: 'application',
    stroke: row.open ? 'thin' : 'single',
    crosses: [],
    heads: row.open
      ? []
      : [
          ...(headed.server ? [{ x: x2, side: 1, open: false } as const] : []),
          ...(headed.client ? [{ x: x1, side: -1, open: false } as const] : []),
        ],
    pieces: null,
    parts: [],
    bands: [],
    chips: [],
    ticks: [],
    signs: [{ sign: row.open ? 'unfolded' : 'folded', x: from + 5, y: lineY - 9 }],
    texts: row.open || narrow ? texts : [...numbers(row, lineY, place), ...texts],
  };
}

function kindOf({ encrypted, protocol }: FoldRow): string {
  if (encrypted) return 'encrypted records';
  return protocol === null ? 'records' : `records of ${protocol}`;
}

/** Without bytes where nobody tells them. */
function oneWay(arrow: string, { records, bytes }: Traffic): string | null {
  if (records === 0) return null;
  return `${arrow} ${thousands(records)}${bytes > 0 ? `, ${thousands(bytes)} bytes` : ''}`;
}

/** "→ 120, 9 600 bytes  ← 98, 7 840 bytes" */
function bothWays({ client, server, duplicates, lost }: FoldRow): string {
  const parts = [
    oneWay('→', client),
    oneWay('←', server),
    duplicates > 0 ? `≡ ${duplicates}` : null,
    lost > 0 ? `✕ ${lost} lost` : null,
  ];
  return parts.filter((part) => part !== null).join('   ');
}
