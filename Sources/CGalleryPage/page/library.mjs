// What the rail and the forms know of the library: its status, sets and tags. Kept current by events.

import { api, onConnection } from './api.mjs';
import { events } from './events.mjs';

const listeners = new Set();
let timer = 0;
let loading = null;

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
        library.sets = sets.sets;
        library.tags = tags.tags;
        for (const listener of listeners) listener(library);
      })
      .finally(() => { loading = null; });
    return loading;
  },

  /** Loads again in a moment; a hundred changes in a second are one load. */
  refresh() { timer ||= setTimeout(() => { timer = 0; library.load().catch(() => {}); }, 250); },

  start() {
    events.on('change', library.refresh);
    events.on('run', library.refresh);
    events.on('reset', library.refresh);
    onConnection((isConnected) => isConnected && library.refresh());
    return library.load();
  },
};
