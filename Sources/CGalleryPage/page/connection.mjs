// A line at the top while the server does not answer, or its library is not there. It lies over the page, so that nothing moves, and goes by
// itself.

import { api, onConnection } from './api.mjs';
import { h } from './dom.mjs';

/** A restart of the server is shorter than this and is not worth a word. */
const patience = 1000;
/**
 * How often it is asked whether all is well again, in ms. The stream of changes may be open all the time, or hang without telling, after
 * a sleep of the machine for example.
 */
const pauses = { silent: 2000, refused: 10_000, gone: 2000 };

const sentences = {
  silent: 'Atelier is not responding. Retrying; what you typed is kept.',
  refused:
    'Atelier was restarted. Open the address it printed, or run `atelier serve --open`. What you typed is kept.',
  gone: 'The library folder is missing: it was moved, or its disk is not connected. Retrying; what you typed is kept.',
};

export function startConnection() {
  const line = h('div', { class: 'connection-line', role: 'status', hidden: true });
  document.body.append(line);
  let timer = 0;
  let asking = 0;
  onConnection((isConnected, reason) => {
    clearTimeout(timer);
    clearInterval(asking);
    if (isConnected) {
      line.hidden = true;
      return;
    }
    line.textContent = sentences[reason];
    timer = setTimeout(() => {
      line.hidden = false;
    }, patience);
    asking = setInterval(() => api.get('status').catch(() => {}), pauses[reason]);
  });
}
