/** Which part of the time the diagram shows at the moment. */
import type { AssociationDetail } from '../../../analysis/trace.ts';
import type { ShareChoices } from '../../../share/choices.ts';

/** Null where no row can be seen, as in other views. */
export function visibleRange(detail: AssociationDetail): ShareChoices['timeRange'] {
  const body = document.querySelector('.sequence-body');
  const scroller = body?.closest('.sequence');
  if (!body || !scroller) return null;
  const box = scroller.getBoundingClientRect();
  const from = Math.max(0, box.top);
  const to = Math.min(window.innerHeight, box.bottom);
  const seen = new Set<number>();
  for (const part of body.querySelectorAll('[data-record]')) {
    const { top, bottom } = part.getBoundingClientRect();
    if (bottom > from && top < to) seen.add(Number(part.getAttribute('data-record')));
  }
  const times = detail.records.filter(({ record }) => seen.has(record)).map(({ timeMs }) => timeMs);
  return times.length === 0 ? null : { fromMs: Math.min(...times), toMs: Math.max(...times) };
}
