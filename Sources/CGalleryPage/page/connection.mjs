// A line at the top while the server does not answer. It lies over the page, so that nothing moves, and goes by itself.

import { onConnection } from './api.mjs';
import { h } from './dom.mjs';

/** A restart of the server is shorter than this and is not worth a word. */
const patience = 1000;

const silent = 'Atelier does not answer. Trying again; what you typed stays.';
const restarted = 'Atelier was started again. Open the address that it printed, or run `atelier serve --open`. What you typed stays.';

export function startConnection() {
  const line = h(
    'div',
    { class: 'connection-line', role: 'status', hidden: true },
    silent,
  );
  document.body.append(line);
  let timer = 0;
  onConnection((isConnected, isRefused) => {
    clearTimeout(timer);
    line.textContent = isRefused ? restarted : silent;
    if (isConnected) line.hidden = true;
    else {timer = setTimeout(() => {
        line.hidden = false;
      }, patience);}
  });
}
