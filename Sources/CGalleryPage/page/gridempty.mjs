// What stands where no pictures are: an empty library explains itself, an empty search says how it was read.

import { api } from './api.mjs';
import { h, replace } from './dom.mjs';
import { address, navigate } from './router.mjs';

/** As much of a text as a sentence can hold. */
const shortened = (text) => (text.length > 200 ? `${[...text.slice(0, 200)].slice(0, -1).join('')} …` : text);

const code = (text) => h('code', {}, text);

/** An empty library: the three ways to put something in. */
export function showEmptyLibrary(place) {
  const files = h('input', { type: 'file', multiple: true, hidden: true, on: { change: () => drop(files) } });
  replace(
    place,
    h(
      'div',
      {},
      h('h2', {}, 'No pictures yet'),
      h(
        'ul',
        {},
        h(
          'li',
          {},
          h(
            'span',
            {},
            'Drop files or a folder on this page, or choose some. The originals are copied and never changed.',
          ),
          h('button', { class: 'button', type: 'button', on: { click: () => files.click() } }, 'Choose files'),
          files,
        ),
        h(
          'li',
          {},
          h('span', {}, 'Import on the command line; recipes from other generators are read too: ', code('atelier import FOLDER')),
        ),
        h(
          'li',
          {},
          h('span', {}, 'Make one with a model on fal, or in the sandbox for free.'),
          h('a', { class: 'button main', href: '/compose' }, 'New edit'),
        ),
      ),
    ),
  );
}

/** Hands chosen files to whoever takes dropped ones. */
async function drop(input) {
  if (!input.files.length) return;
  document.dispatchEvent(new CustomEvent('atelier-files', { detail: [...input.files] }));
}

/** An answer that did not come: why, and the way to ask again. What is not reached is asked for again by itself. */
export function showFailure(place, error, retry) {
  const isAway = ['not_connected', 'library_gone'].includes(error.code);
  replace(
    place,
    h(
      'div',
      { role: 'alert' },
      h('h2', {}, 'The pictures could not be loaded'),
      h('p', { dir: 'auto' }, error.message, isAway && '. They appear as soon as it is back.'),
      h('button', { class: 'button', type: 'button', on: { click: retry } }, 'Try again'),
    ),
  );
}

/** An empty search: what was looked for as words, and the way out. */
export async function showEmptySearch(place, query) {
  const words = h('p', {});
  const clear = h(
    'button',
    { class: 'button', type: 'button', on: { click: () => navigate(address.grid()) } },
    'Show all pictures',
  );
  replace(place, h('div', {}, h('h2', {}, 'No results'), words, clear));
  const reading = await api.get('reading', { q: query }).catch(() => null);
  const spans = (reading?.spans ?? []).filter(({ kind }) => kind === 'text' || kind === 'unknown');
  if (spans.length && words.isConnected) {
    replace(
      words,
      'Read as plain text: ',
      spans.flatMap((
        { start, length },
        number,
      ) => [number ? ' ' : '', h('mark', { dir: 'auto' }, shortened(query.slice(start, start + length)))]),
      '. Searched in prompts, names, notes and tags.',
    );
  } else {
    replace(words, 'Searched for ', h('mark', { dir: 'auto' }, shortened(query)), '.');
  }
}
