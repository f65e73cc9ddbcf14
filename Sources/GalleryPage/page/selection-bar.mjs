// The bar at the foot: exists while something is selected, and says what can be done with it.

import { actions } from './actions.mjs';
import { h, icon, replace } from './dom.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { openMenu } from './menus.mjs';
import { address, navigate, onRoute, route } from './router.mjs';
import { selection } from './selection.mjs';
import { setOf } from './spans.mjs';

const mostCompared = 4;

let element = null;
let counter = null;
let announced = null;

const ids = () => [...selection.ids];
/** As actions take it, with how many that is. */
const subject = () => ({ ...selection.subject(), count: selection.count });

/** The command line that shows, or makes again, what is selected. */
function commandLine() {
  const all = ids();
  const run = /^([0-9a-z]+)\/\d+$/.exec(all[0])?.[1];
  return all.length === 1 && run ? `atelier rerun ${run}` : `atelier show ${all.join(' ')}`;
}

const isTrash = () => /(^|\s)is:trashed/.test(route().q);

function compare() {
  if (selection.ids.size < 2 || selection.ids.size > mostCompared) return;
  navigate(address.compare(ids(), route().q));
}

function editWith() {
  navigate(`/compose?${ids().map((id) => `ref=${encodeURIComponent(id)}`).join('&')}`);
}

function moreItems() {
  const all = ids();
  const set = setOf(route().q);
  const ordinary = library.sets.some((one) => one.name === set && !one.is_smart);
  const canWrite = !library.status?.read_only;
  return [
    canWrite && all.length > 0 && { label: 'New edit with these', icon: 'play', run: editWith },
    canWrite && { label: 'New set of these', icon: 'set', run: () => actions.createSet({ of: subject() }) },
    canWrite && ordinary && all.length > 0 && { label: `Remove from “${set}”`, icon: 'close', run: () => actions.removeFromSet(all, set) },
    canWrite && all.length === 1 && { label: 'Title…', icon: 'pencil', run: () => actions.title(all[0]) },
    canWrite && all.length === 1 && { label: 'Note…', icon: 'pencil', run: () => actions.note(all[0]) },
    canWrite && all.length === 1 && ordinary && { label: `Cover of “${set}”`, icon: 'picture', run: () => actions.setCover(set, all[0]) },
    canWrite && null,
    all.length > 0 && { label: 'Copy the command line', icon: 'copy', run: () => actions.copy(commandLine(), 'the command line') },
    all.length > 0 && { label: all.length === 1 ? 'Copy the id' : 'Copy the ids', icon: 'copy', run: () => actions.copy(all.join('\n'), all.length === 1 ? 'the id' : `${format.count(all.length)} ids`) },
  ].filter((item) => item !== false);
}

function make() {
  const button = (label, name, key, run, extra = '') => h('button', { class: `button quiet ${extra}`, type: 'button', tabindex: -1, title: key ? `${label}  ${key}` : label, aria: { keyshortcuts: key }, on: { click: run } }, icon(name), h('span', {}, label), key && h('kbd', {}, key));
  const stars = h('div', { class: 'stars', role: 'group', aria: { label: 'Rate' } }, [1, 2, 3, 4, 5].map((number) =>
    h('button', { type: 'button', tabindex: -1, title: `${format.plural(number, 'star')}  ${number}`, aria: { label: format.plural(number, 'star'), keyshortcuts: String(number) }, dataset: { star: number }, on: { click: () => actions.rate(subject(), number) } }, icon('star'))));
  counter = h('b', { class: 'selected' });
  announced = h('span', { class: 'unseen', role: 'status' });
  element = h('div', { class: 'selection-bar', role: 'toolbar', aria: { label: 'Selected pictures' }, hidden: true },
    counter, announced, stars,
    button('Favourite', 'heart', 'F', () => actions.favourite(subject()), 'writes'),
    button('Tag', 'tag', 'T', () => actions.tag(subject()), 'writes'),
    button('Add to set', 'set', 'S', () => actions.addToSet(subject()), 'writes'),
    button('Compare', 'compare', 'C', compare, 'compares'),
    button('Trash', 'trash', 'Del', () => (isTrash() ? actions.restore(subject()) : actions.trash(subject())), 'writes trashes'),
    h('button', { class: 'button quiet icon-button', type: 'button', tabindex: -1, title: 'More', aria: { label: 'More', haspopup: 'menu' }, on: { click: (event) => openMenu(event.currentTarget, moreItems(), { label: 'More' }) } }, icon('more')),
    h('button', { class: 'button quiet icon-button', type: 'button', tabindex: -1, title: 'Clear the selection  Esc', aria: { label: 'Clear the selection', keyshortcuts: 'Escape' }, on: { click: () => { giveFocusBack(); selection.clear(); } } }, icon('close')));
  element.addEventListener('keydown', pressed);
  element.addEventListener('focusin', (event) => { for (const one of tools()) one.tabIndex = one === event.target ? 0 : -1; });
}

const tools = () => [...element.querySelectorAll('button')].filter((one) => one.offsetParent !== null && !one.disabled);

function giveFocusBack() {
  if (element.contains(document.activeElement)) (document.querySelector('#grid [tabindex="0"]') ?? document.getElementById('main')).focus({ preventScroll: true });
}

function pressed(event) {
  const all = tools();
  const index = all.indexOf(document.activeElement);
  const isReversed = getComputedStyle(element).direction === 'rtl';
  const to = { [isReversed ? 'ArrowLeft' : 'ArrowRight']: index + 1, [isReversed ? 'ArrowRight' : 'ArrowLeft']: index - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  all[(to + all.length) % all.length].focus();
}

function show() {
  const { count } = selection;
  const isShown = count > 0 && route().name === 'grid';
  document.body.classList.toggle('selecting', isShown);
  if (!isShown) { giveFocusBack(); element.hidden = true; return; }
  element.hidden = false;
  replace(counter, `${format.count(count)} selected`);
  announced.textContent = `${format.count(count)} selected`;
  const trash = element.querySelector('.trashes');
  trash.querySelector('span').textContent = isTrash() ? 'Restore' : 'Trash';
  trash.title = isTrash() ? 'Restore  Del' : 'Trash  Del';
  for (const one of element.querySelectorAll('.writes, .stars button')) one.disabled = Boolean(library.status?.read_only);
  const comparing = element.querySelector('.compares');
  comparing.disabled = count < 2 || count > mostCompared;
  comparing.title = comparing.disabled ? 'Compare: select two to four' : 'Compare  C';
  const all = tools();
  if (!all.some((one) => one.tabIndex === 0) && all[0]) all[0].tabIndex = 0;
}

export const selectionBar = {
  compare,
  editWith,
  isTrash,
  start() {
    make();
    document.getElementById('main').append(element);
    selection.onChange(show);
    onRoute(show);
    library.onChange(show);
  },
};
