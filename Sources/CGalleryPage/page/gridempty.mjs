// What stands where no pictures are: an empty library explains itself, an empty search says how it was read.

import { api } from './api.mjs';
import { h, replace } from './dom.mjs';
import { library } from './library.mjs';
import { address, navigate } from './router.mjs';
import { quoted, setOf, withField } from './spans.mjs';

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

/** The set that a query is about and that is not there; null when it is, or when the query is about more. */
async function missingSet(query) {
  const name = setOf(withField(query, 'sort', null));
  if (name === null) return null;
  // What the rail knows may be older than the change that emptied the set.
  await library.load().catch(() => {});
  return library.sets.some((set) => set.name.toLowerCase() === name.toLowerCase()) ? null : name;
}

/** A set that was renamed or deleted by another window or the command line. */
function showMissingSet(place, name) {
  const now = library.nameNow(name);
  const words = now === null
    ? library.hasSeen(name) && [h('mark', { dir: 'auto' }, name), ' is no longer there. Its pictures are.']
    : [h('mark', { dir: 'auto' }, name), ' is called ', h('mark', { dir: 'auto' }, now), ' now.'];
  const link = (label, href) => h('a', { class: 'button', href }, label);
  replace(
    place,
    h(
      'div',
      {},
      h('h2', {}, words ? 'This set was renamed or deleted' : `There is no set called “${shortened(name)}”`),
      words && h('p', {}, words),
      h(
        'p',
        { class: 'ways' },
        now !== null && link(`Show ${now}`, address.grid(`set:${quoted(now)}`)),
        link('Show all pictures', '/'),
      ),
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
  const [reading, missing] = await Promise.all([
    api.get('reading', { q: query }).catch(() => null),
    missingSet(query),
  ]);
  if (!words.isConnected) return;
  if (missing !== null) {
    showMissingSet(place, missing);
    return;
  }
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
