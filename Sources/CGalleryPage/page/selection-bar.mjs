// The bar at the foot: exists while something is selected, and says what can be done with it.

import { actions } from './actions.mjs';
import { h, icon, replace } from './dom.mjs';
import { items } from './items.mjs';
import { focusPictures } from './focus.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { openMenu } from './menus.mjs';
import { canCompare, compare, editWith, isTrash, known, pictureItems, toggleFavourite } from './picture-menu.mjs';
import { onRoute, route } from './router.mjs';
import { selection } from './selection.mjs';

let element = null;
let counter = null;
let announced = null;

const ids = () => [...selection.ids];
/** As actions take it, with how many that is. */
const subject = () => ({ ...selection.subject(), count: selection.count });

function make() {
  const button = (label, name, key, run, extra = '') =>
    h(
      'button',
      {
        class: `button quiet ${extra}`,
        type: 'button',
        tabindex: -1,
        title: key ? `${label}  ${key}` : label,
        aria: { keyshortcuts: key },
        on: { click: run },
      },
      icon(name),
      h('span', {}, label),
      key && h('kbd', {}, key),
    );
  const stars = h(
    'div',
    { class: 'stars', role: 'group', aria: { label: 'Rate' } },
    [1, 2, 3, 4, 5].map((number) =>
      h('button', {
        type: 'button',
        tabindex: -1,
        title: `${format.plural(number, 'star')}  ${number}`,
        aria: { label: format.plural(number, 'star'), keyshortcuts: String(number) },
        dataset: { star: number },
        on: { click: () => actions.rate(subject(), number === common('rating') ? 0 : number) },
      }, icon('star'))
    ),
  );
  counter = h('b', { class: 'selected' });
  announced = h('span', { class: 'unseen', role: 'status' });
  element = h(
    'div',
    { class: 'selection-bar', role: 'toolbar', aria: { label: 'Selected pictures' }, hidden: true },
    counter,
    announced,
    stars,
    button('Favourite', 'heart', 'F', () => toggleFavourite(subject()), 'writes loves'),
    button('Tag', 'tag', 'T', () => actions.tag(subject()), 'writes'),
    button('Add to set', 'set', 'S', () => actions.addToSet(subject()), 'writes'),
    button('Compare', 'compare', 'C', () => compare(ids()), 'compares'),
    button(
      'Trash',
      'trash',
      'Del',
      () => (isTrash() ? actions.restore(subject()) : actions.trash(subject())),
      'writes trashes',
    ),
    h('button', {
      class: 'button main edits writes',
      type: 'button',
      tabindex: -1,
      on: { click: () => editWith(ids()) },
    }, 'Edit with these'),
    h('button', {
      class: 'button quiet icon-button',
      type: 'button',
      tabindex: -1,
      title: 'More',
      aria: { label: 'More', haspopup: 'menu' },
      on: {
        click: (event) => openMenu(event.currentTarget, pictureItems(subject(), { isWhole: false }), { label: 'More' }),
      },
    }, icon('more')),
    h('button', {
      class: 'button quiet icon-button',
      type: 'button',
      tabindex: -1,
      title: 'Clear the selection  Esc',
      aria: { label: 'Clear the selection', keyshortcuts: 'Escape' },
      on: {
        click: () => {
          giveFocusBack();
          selection.clear();
        },
      },
    }, icon('close')),
  );
  // A double click is one action.
  element.addEventListener('click', (event) => {
    if (event.detail > 1) event.stopPropagation();
  }, true);
  element.addEventListener('keydown', pressed);
  element.addEventListener('focusin', (event) => {
    for (const one of tools()) one.tabIndex = one === event.target ? 0 : -1;
  });
}

/**
 * What all of the selected have in common: their stars, or that they are favourites; undefined where they differ or
 * are not known.
 */
function common(field) {
  const all = selection.ids.size > 0 && selection.ids.size <= 500 ? known(ids()) : null;
  return all?.every((item) => item[field] === all[0][field]) ? all[0][field] : undefined;
}

function showMarks() {
  if (element.hidden) return;
  const rating = common('rating') ?? 0;
  for (const one of element.querySelectorAll('[data-star]')) {
    one.classList.toggle('on', Number(one.dataset.star) <= rating);
  }
  element.querySelector('.loves').classList.toggle('on', common('favourite') === true);
}

const tools = () => [...element.querySelectorAll('button')].filter((one) => one.offsetParent !== null && !one.disabled);

function giveFocusBack() {
  if (element.contains(document.activeElement)) focusPictures();
}

function pressed(event) {
  const all = tools();
  const index = all.indexOf(document.activeElement);
  const isReversed = getComputedStyle(element).direction === 'rtl';
  const to = {
    [isReversed ? 'ArrowLeft' : 'ArrowRight']: index + 1,
    [isReversed ? 'ArrowRight' : 'ArrowLeft']: index - 1,
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  all[(to + all.length) % all.length].focus();
}

function show() {
  const { count } = selection;
  const isShown = count > 0 && route().name === 'grid';
  document.body.classList.toggle('selecting', isShown);
  if (!isShown) {
    giveFocusBack();
    element.hidden = true;
    return;
  }
  element.hidden = false;
  replace(counter, `${format.count(count)} selected`);
  announced.textContent = `${format.count(count)} selected`;
  const trash = element.querySelector('.trashes');
  trash.querySelector('span').textContent = isTrash() ? 'Restore' : 'Trash';
  trash.title = isTrash() ? 'Restore  Del' : 'Trash  Del';
  for (const one of element.querySelectorAll('.writes, .stars button')) {
    one.disabled = Boolean(library.status?.read_only);
  }
  const edits = element.querySelector('.edits');
  edits.hidden = ids().length === 0 || isTrash() || Boolean(library.status?.read_only);
  edits.textContent = count === 1 ? 'Edit with this' : 'Edit with these';
  const comparing = element.querySelector('.compares');
  comparing.disabled = !canCompare(ids());
  comparing.title = comparing.disabled ? 'Compare: select two to four' : 'Compare  C';
  showMarks();
  const all = tools();
  if (!all.some((one) => one.tabIndex === 0) && all[0]) all[0].tabIndex = 0;
}

export const selectionBar = {
  start() {
    make();
    document.getElementById('main').append(element);
    selection.onChange(show);
    onRoute(show);
    library.onChange(show);
    items.onChange(showMarks);
  },
};
