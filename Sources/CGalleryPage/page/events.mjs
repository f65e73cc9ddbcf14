// What happens to the library, as it happens: by this page, another window, the command line, or fal.
//
// A browser keeps six connections to a server, and a stream takes one of them for good. So only one tab listens, and hands on what it hears to
// the others; when it goes, another takes its place.

import { tellConnection } from './api.mjs';

const listeners = new Map();
const kinds = ['change', 'run', 'reset'];

function tell(kind, detail) {
  if (kind === 'connection') tellConnection(detail);
  else for (const listener of listeners.get(kind) ?? []) listener(detail);
}

/** Listens until the page ends, whatever the server answers. `hear` gets every event, and whether the server answers. */
function listen(hear) {
  const shortest = 500;
  const longest = 10_000;
  let pause = shortest;
  let hasLost = false;
  const begin = () => {
    const source = new EventSource('/api/v1/changes');
    source.addEventListener('open', () => {
      pause = shortest;
      hear('connection', true);
      // A new stream does not know what the old one had told.
      if (hasLost) hear('reset', {});
      hasLost = false;
    });
    source.addEventListener('error', () => {
      // Trouble on the way is tried again by the browser, an answer other than a stream is not.
      if (source.readyState !== EventSource.CLOSED) {
        hear('connection', false);
        return;
      }
      hasLost = true;
      setTimeout(begin, pause);
      pause = Math.min(longest, pause * 2);
      reason().then((why) => hear('connection', why));
    });
    for (const kind of kinds) source.addEventListener(kind, (event) => hear(kind, JSON.parse(event.data)));
  };
  begin();
}

/** Why there is no stream: the server is not there, it does not know us (it was started again), or its library is gone. */
async function reason() {
  try {
    const { status } = await fetch('/api/v1/status');
    return status === 403 ? 'refused' : status === 503 ? 'gone' : false;
  } catch {
    return false;
  }
}

export const events = {
  /** Hears of `change`, `run` or `reset`; returns a function that ends it. */
  on(kind, listener) {
    if (!listeners.has(kind)) listeners.set(kind, new Set());
    listeners.get(kind).add(listener);
    return () => listeners.get(kind).delete(listener);
  },

  /** Begins to listen, or to be told by the tab that does. */
  start() {
    // Only pages of this machine or with encryption have locks.
    if (!navigator.locks || !window.BroadcastChannel) {
      listen(tell);
      return;
    }
    const channel = new BroadcastChannel('atelier-changes');
    channel.addEventListener('message', ({ data }) => tell(data.kind, data.detail));
    const hear = (kind, detail) => {
      tell(kind, detail);
      channel.postMessage({ kind, detail });
    };
    const began = performance.now();
    navigator.locks.request('atelier-changes', () => {
      // Who takes over does not know what happened in between.
      if (performance.now() - began > 1000) hear('reset', {});
      listen(hear);
      return new Promise(() => {});
    });
  },
};
