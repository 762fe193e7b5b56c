/** Files that leave: reports and captures of what is open. Loaded when the first of them is asked for. */
import type { Session } from '../analysis/session.ts';
import { keyLogText } from '../export/key-log.ts';
import { plaintextCapture } from '../export/plaintext.ts';
import { type CaptureFile, trimmedCaptures } from '../export/trimmed.ts';
import { type ReportFormat, writeReport } from '../report/report.ts';
import type { WriteRequest, WrittenFile } from './protocol.ts';

const TYPES = {
  html: 'text/html',
  markdown: 'text/markdown',
  json: 'application/json',
  keys: 'text/plain',
  capture: 'application/octet-stream',
} as const;

/** One sentence where there is nothing to write. */
export async function write(
  session: Session,
  request: WriteRequest,
  cancelled: () => boolean,
): Promise<readonly WrittenFile[] | string> {
  const { what, association: id, generator, notes = [] } = request;
  switch (what) {
    case 'html':
    case 'markdown':
    case 'json':
      return report(session, request, what);
    case 'packets':
      return captures(
        await trimmedCaptures(session.packetsOf(id === null ? null : [id]), {
          generator,
          keys: null,
          notes,
          cancelled,
        }),
      );
    case 'packetsWithKeys': {
      const keys = session.keyLinesOf(id);
      if (keys.length === 0) return 'No key opened anything, so that there is none to write.';
      return captures(
        await trimmedCaptures(session.packetsOf(id === null ? null : [id]), { generator, keys, notes, cancelled }),
      );
    }
    case 'plaintext': {
      const file = plaintextCapture(session.plaintextOf(id), generator);
      return captures(typeof file === 'string' ? file : [file]);
    }
    case 'keys': {
      const keys = session.keyLinesOf(id);
      if (keys.length === 0) return 'No key opened anything, so that there is none to write.';
      return [written(TYPES.keys, [keyLogText(keys)])];
    }
  }
}

function report(
  session: Session,
  { association: id, generator, data }: WriteRequest,
  format: ReportFormat & keyof typeof TYPES,
): readonly WrittenFile[] | string {
  const ids = session.ids().filter((known) => id === null || known === id);
  if (id !== null && ids.length === 0) return `There is no association ${id} any more.`;
  const text = writeReport(session, { format, generator, ids, alone: id !== null, data });
  return [written(TYPES[format], [text])];
}

function captures(files: readonly CaptureFile[] | string): readonly WrittenFile[] | string {
  if (typeof files === 'string') return files;
  return files.map(({ point, parts, packets }) => ({ ...written(TYPES.capture, parts), point, packets }));
}

function written(type: string, parts: readonly BlobPart[]): WrittenFile {
  return { point: null, packets: null, blob: new Blob([...parts], { type }) };
}
