// The search box: a query coloured as it is understood, suggestions under the caret, and how many pictures it finds.

import { api } from './api.mjs';
import { plain } from './choosing.mjs';
import { h, icon, replace } from './dom.mjs';
import { focusPictures } from './focus.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { mirror } from './mirror.mjs';
import { address, navigate, onRoute, route } from './router.mjs';
import { fitting, openEnded } from './spans.mjs';
import { suggesting } from './suggesting.mjs';
import { toast } from './toasts.mjs';

/** Keys that follow each other faster than this, in ms, are searched for together. */
const pause = 30;
/** How long the suggestions wait for the pictures, in ms. */
const readingPause = 50;

let field = null;
let count = null;
let notes = null;
let list = null;
let reading = null;
/** What is offered under the caret now. */
let offered = [];
let timer = 0;
let reader = 0;
let searchedAt = 0;
let isTyping = false;
/** Whether the text was changed by a person and not searched for since. */
let isEdited = false;
/** The query of the address while its last word is open only because it was being typed. */
let opened = null;

export const searchBox = {
  make() {
    field = h('input', {
      type: 'text',
      id: 'search',
      placeholder: 'Search prompts, tags, sizes…',
      dir: 'auto',
      spellcheck: false,
      enterKeyHint: 'search',
      aria: { label: 'Search' },
    });
    field.setAttribute('autocapitalize', 'off');
    field.setAttribute('autocorrect', 'off');
    count = h('output', { class: 'found', aria: { live: 'polite' } });
    count.htmlFor = 'search';
    notes = h('div', { class: 'notes' });
    list = suggesting(field, { label: 'Suggestions', pick: take, foot: notes, className: 'under-bar' });
    const clear = h('button', {
      class: 'clear',
      type: 'button',
      hidden: true,
      aria: { label: 'Clear the search' },
      on: {
        click: () => {
          put('');
          search();
          field.focus();
        },
      },
    }, icon('close'));
    const box = h(
      'div',
      { class: 'search', role: 'search' },
      icon('search'),
      h('div', { class: 'query' }, mirror.make(field), field),
      count,
      clear,
      h('kbd', { class: 'slash' }, '/'),
      list.box,
    );
    box.addEventListener('pointerdown', (event) => {
      if (event.target.closest('.search > .icon, .found, .slash')) {
        event.preventDefault();
        field.focus();
      }
    });

    field.addEventListener('input', (event) => {
      edited(event);
      clear.hidden = !field.value;
    });
    field.addEventListener('compositionend', edited);
    field.addEventListener('scroll', mirror.follow);
    field.addEventListener('keyup', mirror.follow);
    field.addEventListener('keydown', pressed);
    field.addEventListener('focus', () => {
      // The word can be typed on.
      if (opened !== null && field.value === opened) put(opened.slice(0, -1));
      else read({ isShown: false });
    });
    field.addEventListener('blur', () => {
      commit();
      list.hide();
      mirror.follow();
    });
    field.addEventListener('pointerup', () => {
      if (list.isOpen) read();
    });
    keys.bind({ key: '/', label: 'Search', group: 'Anywhere', run: focusBox });

    // A step back is not typed: the box says what is shown then.
    addEventListener('popstate', () => {
      clearTimeout(timer);
      isTyping = isEdited = false;
    }, { capture: true });
    onRoute((now) => {
      // Where no pictures are listed, nothing is looked for.
      const query = ['grid', 'picture', 'compare'].includes(now.name) ? now.q : '';
      if (query !== opened) opened = null;
      if (document.activeElement !== field || !isTyping) put(query);
      clear.hidden = !field.value;
      showCount();
    });
    items.onChange(({ kind }) => {
      if (kind === 'forgotten') count.textContent = '';
      else if (kind !== 'page') showCount();
    });
    library.onChange(() => showCount());
    return box;
  },
};

/** Over a picture the box is not seen: the pictures first. */
function focusBox() {
  const { name, q } = route();
  const isOver = ['picture', 'compare'].includes(name);
  if (isOver) navigate(address.grid(q));
  // The view that lay over the box is closed in its own time, and gives the focus back then.
  document.getElementById('bar').inert = false;
  const enter = () => {
    field.focus();
    field.select();
  };
  enter();
  if (isOver) setTimeout(enter);
}

/** Puts a query into the box without searching. */
function put(query) {
  if (field.value !== query) field.value = query;
  mirror.type(query);
  if (query.trim()) read({ isShown: false });
}

function edited(event) {
  isEdited = true;
  const short = fitting(field.value);
  if (short !== field.value) {
    field.value = short;
    toast(`Only the first ${format.count(short.length)} letters are looked for; the rest was left out.`);
  }
  mirror.type(field.value);
  // What is being composed (Japanese, Chinese, Korean) is not yet what is looked for.
  if (event.isComposing) return;
  narrowSuggestions();
  // The first key searches at once; keys that follow faster than pictures can, together.
  const wait = Math.max(0, pause - (performance.now() - searchedAt));
  clearTimeout(timer);
  if (wait > 0) timer = setTimeout(go, wait);
  else go();
}

function go() {
  searchedAt = performance.now();
  // A field that waits for its value would find nothing, and what was found is still what the rest asks for.
  clearTimeout(reader);
  if (isUnfinished.test(field.value)) {
    read();
    return;
  }
  search({ isOpen: true });
  // The pictures first.
  reader = setTimeout(read, readingPause);
}

/** Ends in a field's name, with the sign of a bound or without, in a set's sign, or in a quote that was just opened. */
const isUnfinished = /(^|[\s(-])([a-z]+:(>=?|<=?|")?|@|")$/i;

/** Until the server has read the new text, those of its suggestions stay that still fit, over all that is typed now. */
function narrowSuggestions() {
  if (!list.isOpen) return;
  const caret = field.selectionStart;
  const start = offered[0]?.start;
  const typed = start === undefined || caret <= start ? '' : field.value.slice(start, caret);
  if (!typed || /\s/.test(typed)) {
    list.hide();
    return;
  }
  offered = offered.filter((one) => plain(one.text).startsWith(plain(typed)))
    .map((one) => ({ ...one, start, length: typed.length }));
  showOffered();
}

/** What the box looks for while it is typed in: a last word that the caret stands behind is only begun. */
function typed() {
  const query = field.value.trim();
  const isAtEnd = field.selectionEnd === null || field.selectionEnd >= field.value.length;
  return isAtEnd && query === field.value.trimStart() ? openEnded(query) : query;
}

/** The query to the address: the first key of a search is a step to come back from, the others take its place. */
function search({ isOpen = false } = {}) {
  clearTimeout(timer);
  isEdited = false;
  const now = route();
  const query = isOpen ? typed() : field.value.trim();
  opened = query === field.value.trim() ? null : query;
  if (now.name === 'grid' && now.q.trim() === query) return;
  const replace = isTyping && now.name === 'grid';
  // Said before the address changes: what is being typed is not put back into the box.
  isTyping = document.activeElement === field;
  navigate(address.grid(query), { replace });
}

/** Ends the typing. What is found stays: a word that was only begun shows its star. */
function commit() {
  const { name, q } = route();
  if (name === 'grid' && isEdited && typed() !== q.trim()) search({ isOpen: true });
  clearTimeout(timer);
  isEdited = false;
  isTyping = false;
  if (opened !== null && route().q === opened && field.value !== opened) put(opened);
}

/** Enter means the words as they stand, unless only a word that goes on is found. */
async function accept() {
  const query = field.value.trim();
  leave();
  const open = opened;
  if (open === null) return;
  if (open !== `${query}*`) {
    navigate(address.grid(query), { replace: true });
    return;
  }
  const isFound = (q) => api.get('count', { q }).then(({ count: found }) => found !== 0);
  try {
    if (!(await isFound(query)) && await isFound(open)) return;
  } catch {
    return;
  }
  const { name, q } = route();
  if (name === 'grid' && q === open && document.activeElement !== field) navigate(address.grid(query), { replace: true });
}

function leave() {
  commit();
  list.hide();
  focusPictures();
}

function pressed(event) {
  if (!event.isComposing && (event.key === 'Enter' || event.key === 'Escape')) clearTimeout(reader);
  if (event.isComposing || list.key(event)) return;
  if (event.key === 'Enter' || event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') accept();
    else leave();
  } else if (event.key === 'ArrowDown') {
    event.preventDefault();
    if (reading?.suggestions.length && event.altKey) show();
    else if (event.altKey || !field.value) read();
    else leave();
  }
}

/** Asks how the query is read, and what could stand at the caret. */
async function read({ isShown = true } = {}) {
  reading?.abort?.abort();
  const query = field.value;
  const abort = new AbortController();
  const mine = { abort, suggestions: [], isShown };
  reading = mine;
  try {
    const answer = await api.get('reading', { q: query || ' ', caret: field.selectionStart ?? query.length }, {
      signal: abort.signal,
    });
    if (reading !== mine || field.value !== query) return;
    Object.assign(mine, answer, { query });
    mirror.paint(query, answer.spans ?? []);
    if (isShown && document.activeElement === field) show();
  } catch (error) {
    // Without a reading the box still searches: its text stays plain.
    if (error.name !== 'AbortError' && reading === mine) list.hide();
  }
}

const names = { field: 'field', tag: 'tag', set: 'set', value: '', model: 'model' };

function show() {
  replace(
    notes,
    (reading.as_text ?? []).slice(0, 3).map((note) =>
      h(
        'p',
        {},
        h('b', { dir: 'auto' }, note.text),
        note.reason ? ` is read as text: ${note.reason}` : ' is read as text',
      )
    ),
  );
  offered = reading.suggestions ?? [];
  showOffered();
}

function showOffered() {
  list.show(offered.map((one) => ({
    key: one.text,
    suggestion: one,
    node: [
      h('span', { class: 'suggestion-name', dir: 'ltr' }, one.text),
      h('span', { class: 'detail', dir: 'auto' }, one.detail ?? names[one.kind] ?? ''),
      one.count !== null && one.count !== undefined && h('span', { class: 'count' }, format.count(one.count)),
    ],
  })));
}

/** Takes a suggestion: its text stands where the part under the caret stood. */
function take({ suggestion }) {
  const { start, length, text: word } = suggestion;
  const isOpen = word.endsWith(':');
  const after = field.value.slice(start + length);
  const blank = isOpen || after.startsWith(' ') ? '' : ' ';
  field.setRangeText(word + blank, start, start + length, 'end');
  if (!isOpen && after.startsWith(' ')) field.selectionStart = field.selectionEnd += 1;
  mirror.type(field.value);
  list.hide();
  // A field that waits for its value is not searched for, however it came.
  if (isUnfinished.test(field.value)) isEdited = true;
  else search();
  read({ isShown: isOpen });
}

/** How many pictures the query finds, of how many there are: the list beneath has counted them. */
function showCount() {
  const query = opened ?? field.value.trim();
  if (!query || !items.query) {
    count.textContent = '';
    return;
  }
  if (!items.isReady || items.query.trim() !== query) return;
  const all = library.status?.counts.pictures;
  // What is in the trash is not among them.
  count.textContent = all === undefined || all === null || /(^|\s)is:trashed/i.test(query)
    ? format.count(items.count)
    : `${format.count(items.count)} of ${format.count(all)}`;
}
