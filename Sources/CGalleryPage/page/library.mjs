// What the rail and the forms know of the library: its status, sets and tags. Kept current by events.

import { api, onConnection } from './api.mjs';
import { events } from './events.mjs';

const listeners = new Set();
let timer = 0;
let loading = null;
/** What sets are called now that were renamed while the page was open, by the name before. */
const renamed = new Map();
/** Every set that was there while the page was open, in lower case. */
const seen = new Set();

/** Names as people sort them: set2 before set10. */
const inOrder = new Intl.Collator(undefined, { numeric: true });

/** What a set was and is called, where a change gave it another name; null for any other change. */
export function renaming({ verb, sets }) {
  const isOne = ['set rename', 'undo', 'redo'].includes(verb) && sets?.length === 2;
  // Undoing a union changes two sets as well; both are there.
  if (!isOne || (verb !== 'set rename' && library.sets.some((set) => set.name === sets[1]))) return null;
  return { from: sets[0], to: sets[1] };
}

export const library = {
  status: null,
  sets: [],
  tags: [],

  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** Loads everything; calls that overlap share one load. */
  load() {
    loading ??= Promise.all([api.get('status'), api.get('sets'), api.get('tags')])
      .then(([status, sets, tags]) => {
        library.status = status;
        library.sets = sets.sets.toSorted((one, other) => inOrder.compare(one.name, other.name));
        for (const { name } of library.sets) seen.add(name.toLowerCase());
        library.tags = tags.tags;
        for (const listener of listeners) listener(library);
      })
      .finally(() => { loading = null; });
    return loading;
  },

  /** What a set is called that had another name when it was last seen; null when nothing is known of it. */
  nameNow(before) {
    let name = renamed.get(before.toLowerCase());
    for (let step = 0; step < renamed.size && renamed.has(name?.toLowerCase()); step += 1) name = renamed.get(name.toLowerCase());
    return library.sets.some((set) => set.name === name) ? name : null;
  },

  /** Whether a set of this name was there since the page was opened. */
  hasSeen: (name) => seen.has(name.toLowerCase()),

  /** Loads again in a moment; a hundred changes in a second are one load. */
  refresh() { timer ||= setTimeout(() => { timer = 0; library.load().catch(() => {}); }, 250); },

  start() {
    events.on('change', ({ verb, sets }) => {
      const names = renaming({ verb, sets });
      if (names) {
        renamed.set(names.from.toLowerCase(), names.to);
        renamed.delete(names.to.toLowerCase());
      }
      library.refresh();
    });
    events.on('run', library.refresh);
    events.on('reset', library.refresh);
    onConnection((isConnected) => isConnected && library.refresh());
    return library.load();
  },
};
