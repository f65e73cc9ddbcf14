// What can be done with the selected pictures, or with one: the menu of a picture, and `More` in the bar at the foot.

import { actions } from './actions.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';
import { library } from './library.mjs';
import { openMenu } from './menus.mjs';
import { address, navigate, route } from './router.mjs';
import { selection } from './selection.mjs';
import { setOf } from './spans.mjs';
import { toast } from './toasts.mjs';

const mostCompared = 4;

export const isTrash = () => /(^|\s)is:trashed/.test(route().q);

/** The pictures as the list has them; null when some are not here. */
export function known(ids) {
  const found = ids.map((id) => items.peek(items.indexOf(id)));
  return found.every(Boolean) ? found : null;
}

export const canCompare = (ids) => ids.length >= 2 && ids.length <= mostCompared;

export function compare(ids) {
  if (canCompare(ids)) navigate(address.compare(ids, route().q));
  else if (ids.length > mostCompared) toast(`${ids.length} pictures are selected, a closed stack with all it holds. Compare takes two to four.`);
  else toast('Select two to four pictures to compare.');
}

/** Compose takes digests: a picture stays the same whatever run made it. */
export function editWith(ids) {
  const names = known(ids)?.map((item) => item.digest) ?? ids;
  navigate(`/compose?${names.map((name) => `ref=${encodeURIComponent(name)}`).join('&')}`);
}

/** Favourites become none when all are. */
export function toggleFavourite(of) {
  const all = of.ids ? known(of.ids) : null;
  return actions.favourite(of, all ? !all.every((item) => item.favourite) : undefined);
}

/** The command line that makes one picture again, or shows several. */
function commandLine(ids) {
  const run = /^([0-9a-z]+)\/\d+$/.exec(ids[0])?.[1];
  return ids.length === 1 && run ? `atelier rerun ${run}` : `atelier show ${ids.join(' ')}`;
}

/**
 * The items of the menu. `of` is `{ids, count}` or `{query, count}`; `isWhole` has what stands as a button of its own
 * in the bar, too.
 */
export function pictureItems(of, { isWhole = true } = {}) {
  const ids = of.ids ?? [];
  const set = setOf(route().q);
  const isIn = library.sets.some((one) => one.name === set && !one.is_smart);
  const canWrite = !library.status?.read_only;
  const run = ids.length === 1 ? known(ids)?.[0]?.run : null;
  const groups = [
    isWhole && [
      ids.length === 1 &&
      { label: 'Open', icon: 'picture', key: 'Enter', run: () => navigate(address.picture(ids[0], route().q)) },
      canCompare(ids) && { label: 'Compare', icon: 'compare', key: 'C', run: () => compare(ids) },
    ],
    canWrite && [
      ids.length > 0 &&
      {
        label: ids.length === 1 ? 'New edit with this' : 'New edit with these',
        icon: 'play',
        run: () => editWith(ids),
      },
      run && { label: 'Make again', icon: 'restore', run: () => navigate(`/compose?from=${run}`) },
    ],
    canWrite && isWhole && [
      { label: 'Favourite', icon: 'heart', key: 'F', run: () => toggleFavourite(of) },
      { label: 'Tag…', icon: 'tag', key: 'T', run: () => actions.tag(of) },
      { label: 'Add to a set…', icon: 'set', key: 'S', run: () => actions.addToSet(of) },
    ],
    canWrite && [
      {
        label: ids.length === 1 ? 'New set with this…' : 'New set of these…',
        icon: 'plus',
        run: () => actions.createSet({ of }),
      },
      isIn && ids.length > 0 &&
      { label: `Remove from “${set}”`, icon: 'close', run: () => actions.removeFromSet(ids, set) },
      isIn && ids.length === 1 &&
      { label: `Cover of “${set}”`, icon: 'picture', run: () => actions.setCover(set, ids[0]) },
      ids.length === 1 && { label: 'Title…', icon: 'pencil', run: () => actions.title(ids[0]) },
      ids.length === 1 && { label: 'Note…', icon: 'pencil', run: () => actions.note(ids[0]) },
    ],
    ids.length > 0 && [
      { label: 'Copy the command line', icon: 'copy', run: () => actions.copy(commandLine(ids), 'the command line') },
      {
        label: ids.length === 1 ? 'Copy the id' : 'Copy the ids',
        icon: 'copy',
        run: () => actions.copy(ids.join('\n'), ids.length === 1 ? 'the id' : `${format.count(ids.length)} ids`),
      },
    ],
    canWrite && isWhole && [
      isTrash()
        ? { label: 'Restore', icon: 'restore', key: 'Del', run: () => actions.restore(of) }
        : { label: 'Trash', icon: 'trash', key: 'Del', isBad: true, run: () => actions.trash(of) },
    ],
  ];
  // A line between groups that have something.
  return groups.map((group) => (group || []).filter(Boolean)).filter((group) => group.length).flatMap((
    group,
    index,
  ) => (index ? [null, ...group] : group));
}

export function startPictureMenu() {
  document.getElementById('main').addEventListener('contextmenu', (event) => {
    const tile = event.target.closest('#grid [data-id]');
    if (!tile || event.defaultPrevented) return;
    event.preventDefault();
    const { id } = tile.dataset;
    // The menu of a selected picture is about all that are selected, as in a file manager.
    const of = selection.has(id) ? { ...selection.subject(), count: selection.count } : { ids: [id], count: 1 };
    tile.focus({ preventScroll: true });
    const rect = tile.getBoundingClientRect();
    const isKey = event.button !== 2 && !event.clientX && !event.clientY;
    openMenu(
      isKey ? { x: rect.left + 24, y: rect.top + 24 } : { x: event.clientX, y: event.clientY },
      pictureItems(of),
      { label: 'Picture' },
    );
  });
}
