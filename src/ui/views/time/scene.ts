/** Everything under the diagram that does not depend on the playhead: computed once for an association and a width. */
import { useMemo } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { type AxisMark, axisMarks } from '../../../present/axis-pieces.ts';
import { type EndpointNames, endpointNames, seenTwice } from '../../../present/capture-points.ts';
import { type EpochLane, epochLanes } from '../../../present/epoch-lanes.ts';
import { type LaneHit, laneHit, laneWords, ribbonHit } from '../../../present/lane-hit.ts';
import { type Ribbons, stateRibbons } from '../../../present/state-ribbons.ts';

export const LEFT_PX = 116;
const RIGHT_PX = 14;
export const AXIS_PX = 20;
export const RIBBON_PX = 18;
const RIBBON_STEP_PX = RIBBON_PX + 3;
const RIBBONS_TOP = AXIS_PX + 4;
const RIBBONS_PX = RIBBONS_TOP + 2 * RIBBON_STEP_PX + 3;
export const LANE_PX = 13;
const LANE_STEP_PX = LANE_PX + 3;

export interface Scene {
  readonly detail: AssociationDetail;
  readonly names: EndpointNames;
  readonly drawn: Ribbons;
  readonly marks: readonly AxisMark[];
  /** Empty where they are closed. */
  readonly lanes: readonly EpochLane[];
  readonly width: number;
  readonly height: number;
}

export interface SceneOptions {
  readonly points: PointsView | null;
  readonly width: number;
  readonly axis: 'magnified' | 'linear';
  readonly open: boolean;
}

export function useScene(detail: AssociationDetail, { points, width, axis, open }: SceneOptions): Scene {
  const names = useMemo(() => endpointNames(detail.association, seenTwice(detail, points) !== null), [detail, points]);
  const right = Math.max(LEFT_PX + 60, width - RIGHT_PX);
  const drawn = useMemo(() => stateRibbons(detail, LEFT_PX, right, axis), [detail, right, axis]);
  const lanes = useMemo(
    () => (open ? epochLanes(detail, { xOf: drawn.xOf, x1: right }) : []),
    [detail, drawn, right, open],
  );
  return useMemo(() => {
    const marks = axisMarks(drawn, detail.association.startMs);
    const height = RIBBONS_PX + (open ? 4 * LANE_STEP_PX + 6 : 0);
    return { detail, names, drawn, marks, lanes, width, height };
  }, [detail, names, drawn, lanes, width, open]);
}

export const ribbonTop = (index: number): number => RIBBONS_TOP + index * RIBBON_STEP_PX;
export const laneTop = (index: number): number => RIBBONS_PX + 3 + index * LANE_STEP_PX;

export interface PlacedHit extends LaneHit {
  /** Top of the row it is in. */
  readonly y: number;
}

/** What is at this place; null over empty ground. */
export function hitAt({ detail, names, drawn, lanes }: Scene, x: number, y: number): PlacedHit | null {
  const row = [0, 1].find((i) => y >= ribbonTop(i) && y < ribbonTop(i) + RIBBON_PX);
  if (row !== undefined) {
    const hit = x < LEFT_PX ? null : ribbonHit(detail, drawn, row, x, names);
    return hit && { ...hit, y: ribbonTop(row) };
  }
  const index = lanes.findIndex((_, i) => y >= laneTop(i) - 1 && y < laneTop(i) + LANE_STEP_PX - 1);
  const lane = lanes[index];
  if (!lane) return null;
  // A mark reaches a little to the left of what it marks.
  const hit = x < LEFT_PX - 6 ? { says: laneWords(lane, names), record: null } : laneHit(detail, lane, drawn, x);
  return hit && { ...hit, y: laneTop(index) };
}
