// What happens to the library, as it happens: by this page, another window, the command line, or fal.

import { tellConnection } from './api.mjs';

const listeners = new Map();

function tell(kind, detail) {
  for (const listener of listeners.get(kind) ?? []) listener(detail);
}

export const events = {
  /** Hears of `change`, `run` or `reset`; returns a function that ends it. */
  on(kind, listener) {
    if (!listeners.has(kind)) listeners.set(kind, new Set());
    listeners.get(kind).add(listener);
    return () => listeners.get(kind).delete(listener);
  },

  /** Begins to listen. A browser connects again by itself and names the last event it had. */
  start() {
    const source = new EventSource('/api/v1/changes');
    source.addEventListener('open', () => tellConnection(true));
    source.addEventListener('error', () => tellConnection(false));
    for (const kind of ['change', 'run', 'reset']) {
      source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
    }
    return () => source.close();
  },
};
