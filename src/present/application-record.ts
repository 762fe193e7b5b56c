/** Whether a record is application data, of which long runs are told in one line. */
import type { Association, RecordView } from '../analysis/trace.ts';
import { isVersion13 } from './sequence-segments.ts';

/** Application data, or what can only be that: without keys the content type is all there is. */
export function isApplication(record: RecordView, association: Association): boolean {
  return record.contents.every((content) => {
    if (content.kind === 'applicationData') return true;
    if (content.kind !== 'encrypted' || record.epoch === 0) return false;
    return isVersion13(association) ? record.epoch >= 3 : content.contentType === 23 || content.contentType === 25;
  });
}
