// The keys that curate what is selected, or the picture that has the focus.

import { actions, isReadOnly } from './actions.mjs';
import { hasJustChanged } from './api.mjs';
import { events } from './events.mjs';
import { items } from './items.mjs';
import { keys } from './keys.mjs';
import { library, renaming } from './library.mjs';
import { address, navigate, route } from './router.mjs';
import { quoted, setOf } from './spans.mjs';
import { selection } from './selection.mjs';
import { compare, isTrash, toggleFavourite } from './picture-menu.mjs';

/** What a key is about: what is selected, else the picture that has the focus; null for nothing. */
function subject() {
  if (selection.count > 0) return { ...selection.subject(), count: selection.count };
  const id = document.activeElement?.closest?.('#grid [data-id]')?.dataset.id;
  return id ? { ids: [id], count: 1 } : null;
}

/** A key for the grid: it is let through where the grid is not, or where nothing is meant. */
function bind(key, label, run) {
  keys.bind({
    key,
    label,
    group: 'Pictures',
    run: (event) => {
      if (route().name !== 'grid' || event.repeat || event.target.closest?.('#rail, #bar')) return false;
      const about = subject();
      return about === null ? false : run(about);
    },
  });
}

/** Moves pictures a place within the set that is shown in its own order. */
function moveBy({ ids = [] }, step) {
  const set = setOf(route().q);
  if (!set || items.order !== 'set' || library.status?.read_only) return false;
  const places = ids.map((id) => items.indexOf(id)).filter((place) => place >= 0);
  const edge = step < 0 ? Math.min(...places) : Math.max(...places);
  const other = places.length ? items.peek(edge + step) : null;
  if (!other) return false;
  const ordered = [...ids].sort((one, two) => items.indexOf(one) - items.indexOf(two));
  actions.moveInSet(ordered, set, { [step < 0 ? 'before' : 'after']: other.id });
  return true;
}

/** What is open follows the name that this page gave it, or gave back. */
function followName(change) {
  const names = hasJustChanged() ? renaming(change) : null;
  const { name, q } = route();
  if (names && name === 'grid' && setOf(q)?.toLowerCase() === names.from.toLowerCase()) {
    navigate(address.grid(`set:${quoted(names.to)}`), { replace: true });
  }
}

export function startCurating() {
  events.on('change', followName);
  const writes = (run) => (about) => void (isReadOnly() || run(about));
  for (let stars = 0; stars <= 5; stars += 1) {
    bind(String(stars), 'Rate; 0 removes the rating', writes((about) => actions.rate(about, stars)));
  }
  bind('f', 'Favourite', writes((about) => toggleFavourite(about)));
  bind('t', 'Tag', writes((about) => actions.tag(about)));
  bind('s', 'Add to a set', writes((about) => actions.addToSet(about)));
  bind(
    'Delete',
    'Move to the trash; in the trash, restore',
    writes((about) => (isTrash() ? actions.restore(about) : actions.trash(about))),
  );
  bind('Backspace', '', writes((about) => (isTrash() ? actions.restore(about) : actions.trash(about))));
  bind('[', 'Earlier in the set', (about) => moveBy(about, -1));
  bind(']', 'Later in the set', (about) => moveBy(about, 1));
  bind('c', 'Compare two to four', (about) => compare(about.ids ?? []));
}
