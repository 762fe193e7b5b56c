/** Zones, views and dialogs of the page. */
import { page } from '../page.ts';
import type { View } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import { otherTheme } from '../theme.ts';
import { moveZone, showZone } from '../zones.ts';

export const pageCommands = {
  bytes: () => {
    const { drawer, toggleDrawer } = useStore.getState();
    if (matchMedia('(min-width: 700px) and (max-width: 1099.9px)').matches && drawer) toggleDrawer();
    else showZone('inspector');
    return true;
  },
  sequence: () => show('sequence'),
  table: () => show(useStore.getState().view === 'table' ? 'sequence' : 'table'),
  data: () => show('data'),
  statistics: () => show('statistics'),
  theme: () => {
    const { setTheme, theme } = useStore.getState();
    setTheme(otherTheme(theme));
    return true;
  },
  zone: () => moveZone(1),
  previousZone: () => moveZone(-1),
  escape: leave,
  help: () => {
    useStore.getState().togglePanel('help');
    return true;
  },
};

function show(view: View): boolean {
  useStore.getState().showView(view);
  showZone('diagram');
  return true;
}

function leave(): boolean {
  const { loading, notices, dismiss, filter, setFilter, timeRange, chooseTime, shownNote, presentNote } =
    useStore.getState();
  const notice = notices.at(-1);
  if (loading) page.cancel();
  else if (notice) dismiss(notice.id);
  else if (timeRange) chooseTime(null);
  else if (shownNote !== null) presentNote(null);
  else if (filter !== '') setFilter('');
  else return false;
  return true;
}
