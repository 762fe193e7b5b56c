/** How time is drawn in the sequence diagram. */
import { zoomed } from '../../present/time-scale.ts';
import { useStore } from '../store/store.ts';

export const diagramCommands = {
  scale: () => {
    const { scale, view } = useStore.getState();
    if (view !== 'sequence') return false;
    chooseScale(scale === 'folded' ? 'linear' : 'folded');
    return true;
  },
  zoomIn: () => zoomDiagram(1),
  zoomOut: () => zoomDiagram(-1),
  zoomReset: () => {
    const { detail, view, setZoom } = useStore.getState();
    if (!detail || view !== 'sequence') return false;
    setZoom(1);
    return true;
  },
};

/** What a zoom means differs between the scales, so that it begins anew. */
export function chooseScale(scale: 'folded' | 'linear'): void {
  const { setScale, setZoom, scale: before } = useStore.getState();
  if (scale === before) return;
  setZoom(1);
  setScale(scale);
}

export function zoomDiagram(by: 1 | -1): boolean {
  const { detail, view, zoom, scale, setZoom } = useStore.getState();
  if (!detail || view !== 'sequence') return false;
  const { startMs, endMs } = detail.association;
  setZoom(zoomed(zoom, by, scale, endMs - startMs));
  return true;
}
