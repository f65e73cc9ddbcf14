// A line at the top while the server does not answer, or its library is not there. It lies over the page, so that nothing moves, and goes by
// itself.

import { api, onConnection } from './api.mjs';
import { h } from './dom.mjs';

/** A restart of the server is shorter than this and is not worth a word. */
const patience = 1000;
/** How often it is looked whether the library is back; the stream of changes may be open all the time. */
const pause = 2000;

const sentences = {
  silent: 'Atelier does not answer. Trying again; what you typed stays.',
  refused:
    'Atelier was started again. Open the address that it printed, or run `atelier serve --open`. What you typed stays.',
  gone: 'The library’s folder is not there: it was moved, or its disk is not connected. Trying again; what you typed stays.',
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
    if (reason === 'gone') asking = setInterval(() => api.get('status').catch(() => {}), pause);
  });
}
