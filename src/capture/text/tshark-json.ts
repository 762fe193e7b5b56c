/** Output of tshark -T jsonraw, -T json -x and -T ek -x, read as text: the frames, without building the tree. */
import { ByteRun, type Stamp, type TextBlock, type TextReading } from './block.ts';
import { hexByte } from './digits.ts';
import { stampOfField } from './times.ts';

/** A frame, or where a filter kept only some layers, what UDP carried. */
const FRAME = /"frame_raw"\s{0,20}:\s{0,40}\[?\s{0,40}"/;
const PAYLOAD = /"udp[._]payload(?:_raw)?"\s{0,20}:\s{0,40}\[?\s{0,40}"/;
const TIME = /"frame[._]time_epoch"\s{0,20}:\s{0,40}\[?\s{0,40}"([^"]{1,60})"/;
/** How far behind its bytes the time of a frame is looked for. */
const TIME_WITHIN = 4096;
const NO_ADDRESSES = 'The JSON has no raw frames (tshark -T jsonraw or -x): the addresses are not read.';

export function isTsharkJson(text: string): boolean {
  return /^\s{0,100}[[{]/.test(text) && (FRAME.test(text) || PAYLOAD.test(text));
}

export function tsharkReading(text: string): TextReading {
  const framed = FRAME.test(text);
  return {
    format: 'tshark JSON',
    blocks: blocks(text, framed ? FRAME : PAYLOAD),
    remarks: () => (framed ? [] : [NO_ADDRESSES]),
  };
}

function* blocks(text: string, field: RegExp): Generator<TextBlock, void> {
  const next = new RegExp(field, 'g');
  for (let match = next.exec(text); match; match = next.exec(text)) {
    const run = new ByteRun();
    let at = next.lastIndex;
    for (let byte = hexByte(text, at); byte >= 0; byte = hexByte(text, at)) {
      run.push(byte, at);
      at += 2;
      // Fields that are not raw have colons.
      if (text[at] === ':') at++;
    }
    next.lastIndex = at;
    yield run.block({ stamp: timeOf(text.slice(at, at + TIME_WITHIN)), certain: field === PAYLOAD });
  }
}

function timeOf(behind: string): Stamp | null {
  const end = FRAME.exec(behind)?.index ?? behind.length;
  const time = TIME.exec(behind.slice(0, end))?.[1];
  return time === undefined ? null : stampOfField(time);
}
