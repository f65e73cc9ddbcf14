// A line at the top while the server does not answer. It lies over the page, so that nothing moves, and goes by itself.

import { onConnection } from './api.mjs';
import { h } from './dom.mjs';

/** A restart of the server is shorter than this and is not worth a word. */
const patience = 1000;

export function startConnection() {
  const line = h(
    'div',
    { class: 'connection-line', role: 'status', hidden: true },
    'Atelier does not answer. Trying again; what you typed stays.',
  );
  document.body.append(line);
  let timer = 0;
  onConnection((isConnected) => {
    clearTimeout(timer);
    if (isConnected) line.hidden = true;
    else {timer = setTimeout(() => {
        line.hidden = false;
      }, patience);}
  });
}
