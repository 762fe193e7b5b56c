/** How the page looks and what of it is shown. The theme and the sizes of the panes are remembered. */
import type { StateCreator } from 'zustand';
import type { DataQuery } from '../../analysis/application-data.ts';
import type { SortKey } from '../../present/association-columns.ts';
import type { PacketSort } from '../../present/packet-columns.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Panel = 'keys' | 'help' | 'export' | 'goto' | 'share';
/** What the centre shows. */
export type View = 'sequence' | 'table' | 'data' | 'statistics';
/** Time in the diagram: silences folded to a break, or as long as they were. */
export type Scale = 'folded' | 'linear';
/** Time under the diagram: bursts magnified, or all to scale. */
export type Axis = 'magnified' | 'linear';
/** What the lower half of the left column shows. */
export type Side = 'findings' | 'facts' | 'notes';
/** Below 700 px one of these fills the page. */
export type Zone = 'list' | 'diagram' | 'inspector';

/** Lines between panes that the reader can move. */
export const SPLITS = ['left', 'right', 'drawer', 'list', 'strip', 'machines', 'bytes'] as const;
export type Split = (typeof SPLITS)[number];

export interface SettingsSlice {
  /** In px, of the panes that the reader made larger or smaller. */
  readonly sizes: Partial<Readonly<Record<Split, number>>>;
  readonly theme: Theme;
  /** Single keys can get in the way of speech input (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  readonly panel: Panel | null;
  readonly zone: Zone;
  readonly view: View;
  readonly scale: Scale;
  /** Factor on the diagram's pixels per ms, and on the height of its rows where silences are folded. */
  readonly zoom: number;
  readonly axis: Axis;
  readonly side: Side;
  /** Key of the finding that is open; '' for none, null for the headline. */
  readonly finding: string | null;
  /** The drawer between 700 and 1100 px. */
  readonly drawer: boolean;
  /** The state machines over the inspector are open. */
  readonly machines: boolean;
  /** The facts about two capture points are open, and the epoch lanes; null for what the window has room for. */
  readonly points: boolean | null;
  /** The delays between two points are open, and what they settle; null for what the window has room for. */
  readonly delays: boolean | null;
  readonly settled: boolean | null;
  readonly lanes: boolean | null;
  readonly filter: string;
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
  /** Of the packet table. */
  readonly packetFilter: string;
  readonly packetSort: PacketSort;
  /** Which application data is listed. */
  readonly dataQuery: DataQuery;
  /** Null for its usual size. */
  resize(split: Split, px: number | null): void;
  setTheme(theme: Theme): void;
  setSingleKeys(on: boolean): void;
  togglePanel(panel: Panel): void;
  closePanel(): void;
  showZone(zone: Zone): void;
  showView(view: View): void;
  setScale(scale: Scale): void;
  setZoom(zoom: number): void;
  setAxis(axis: Axis): void;
  showSide(side: Side): void;
  showFinding(key: string | null): void;
  toggleDrawer(): void;
  toggleMachines(): void;
  showPoints(points: boolean): void;
  showDelays(delays: boolean): void;
  showSettled(settled: boolean): void;
  showLanes(lanes: boolean): void;
  setFilter(filter: string): void;
  sortBy(key: SortKey): void;
  filterPackets(filter: string): void;
  sortPackets(sort: PacketSort): void;
  queryData(query: Partial<DataQuery>): void;
}

export const settingsSlice: StateCreator<SettingsSlice> = (set) => ({
  sizes: {},
  theme: 'system',
  singleKeys: true,
  panel: null,
  zone: 'diagram',
  view: 'sequence',
  scale: 'folded',
  zoom: 1,
  axis: 'magnified',
  side: 'findings',
  finding: null,
  drawer: true,
  machines: true,
  points: null,
  delays: null,
  settled: null,
  lanes: null,
  filter: '',
  sort: { key: 'order', descending: false },
  packetFilter: '',
  // Not from its module: that comes with the table.
  packetSort: { column: 'time', descending: false },
  dataQuery: { search: '', protocol: null, sender: null },
  resize: (split, px) =>
    set(({ sizes: { [split]: _, ...others } }) => ({ sizes: px === null ? others : { ...others, [split]: px } })),
  setTheme: (theme) => set({ theme }),
  setSingleKeys: (singleKeys) => set({ singleKeys }),
  togglePanel: (panel) => set((s) => ({ panel: s.panel === panel ? null : panel })),
  closePanel: () => set({ panel: null }),
  showZone: (zone) => set({ zone }),
  showView: (view) => set({ view }),
  setScale: (scale) => set({ scale }),
  setZoom: (zoom) => set({ zoom }),
  setAxis: (axis) => set({ axis }),
  showSide: (side) => set({ side }),
  showFinding: (finding) => set({ finding }),
  toggleDrawer: () => set((s) => ({ drawer: !s.drawer })),
  showPoints: (points) => set({ points }),
  showDelays: (delays) => set({ delays }),
  showSettled: (settled) => set({ settled }),
  showLanes: (lanes) => set({ lanes }),
  toggleMachines: () => set((s) => ({ machines: !s.machines })),
  setFilter: (filter) => set({ filter }),
  filterPackets: (packetFilter) => set({ packetFilter }),
  sortPackets: (packetSort) => set({ packetSort }),
  queryData: (query) => set((s) => ({ dataQuery: { ...s.dataQuery, ...query } })),
  // Ascending, descending, and back to the order of the trace.
  sortBy: (key) =>
    set(({ sort }) => {
      if (sort.key !== key) return { sort: { key, descending: false } };
      return { sort: sort.descending ? { key: 'order', descending: false } : { key, descending: true } };
    }),
});
