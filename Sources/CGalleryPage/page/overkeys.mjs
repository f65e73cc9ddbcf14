// The keys of a view that covers the grid: its own, and those that mean the same everywhere.

import { actions } from './actions.mjs';
import { showHelp } from './help.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { address, navigate } from './router.mjs';

/** A scope that hides the grid's keys. `query` says what the grid shows, for `/`. Close it with the view. */
export function overKeys(name, query) {
  const scope = keys.scope(name, { isModal: true });
  const change = (run) => () => (library.status?.read_only ? false : void run());
  const bind = (key, label, run) => scope.bind({ key, label, group: 'Anywhere', run });
  bind('?', 'Show the keys', showHelp);
  bind('Mod+z', 'Undo', change(actions.undo));
  bind('Mod+Shift+z', 'Redo', change(actions.redo));
  bind('/', 'Search', () => {
    navigate(address.grid(query()));
    const field = document.querySelector('[role=search] input, [role=search] textarea');
    // After the view has closed and given the focus back.
    setTimeout(() => field?.focus());
  });
  return scope;
}
