/** "Captured here", beside the name of an endpoint, so that nobody reads arrows as delay. */
import type { VantageView } from '../analysis/story.ts';
import type { Sender } from '../analysis/trace.ts';
import type { Columns, Measure } from './sequence-columns.ts';

export interface Flag {
  readonly text: string;
  readonly side: Sender;
  readonly x: number;
  readonly width: number;
  /** There is no room for words. */
  readonly short: boolean;
  /** There is room for the port as well. */
  readonly besidePort: boolean;
}

/** Beyond the name of its side: the port, then the flag, then the switch in the middle. */
const TEXT = 'captured here';
const AROUND_TEXT_PX = 20;
const SHORT_FLAG_PX = 20;
const PORT_PX = 58;
const NO_PORT_PX = 11;
const NARROW_NAME_PX = 58;
const HALF_SWITCH_PX = 58;
/** In the narrow layout the switch is one button, on the other side. */
const NARROW_SWITCH_PX = 72;

/** Null where it was captured at neither end, or that is not known. */
export function captureFlag({ position }: VantageView, columns: Columns, measure: Measure): Flag | null {
  if (position !== 'client' && position !== 'server') return null;
  const { clientX, serverX, packetEdge } = columns;
  const long = Math.ceil(measure(TEXT, 10.5, 500)) + AROUND_TEXT_PX;
  const narrow = packetEdge === null;
  const room = narrow
    ? serverX - clientX - NARROW_NAME_PX - NARROW_SWITCH_PX
    : (serverX - clientX) / 2 - HALF_SWITCH_PX;
  const besidePort = !narrow && room >= PORT_PX + long;
  const before = narrow ? NARROW_NAME_PX : besidePort ? PORT_PX : NO_PORT_PX;
  const short = room - before < long;
  const width = short ? SHORT_FLAG_PX : long;
  const x = position === 'client' ? clientX + before : serverX - before - width;
  return { text: TEXT, side: position, x, width, short, besidePort };
}
