// One line of the rail.

import { h, icon } from './dom.mjs';
import { dropTarget } from './dragging.mjs';
import { format } from './format.mjs';
import { route } from './router.mjs';

/** A query without its sort, which changes nothing about where one is. */
const placeOf = (query) => (query ?? '').replace(/(^|\s)sort:\S+/i, '').trim();

/** Whether an address is the one that is open, which is `now`. */
export function isHere(href, now = route()) {
  const [path, search = ''] = href.split('?');
  const name = path.slice(1) || 'grid';
  if (now.name !== name && !(['picture', 'compare'].includes(now.name) && name === 'grid')) return false;
  const params = new URLSearchParams(search);
  if (name === 'runs') return (now.params.get('state') ?? '') === (params.get('state') ?? '');
  return placeOf(now.q) === placeOf(params.get('q'));
}

/** One place: a link with its count, and where there is something to do with it, a menu. */
export function entry(
  { key, label, href, count, cover, dot, isUrgent, menu, drop, dropFiles, rename, remove, problem },
) {
  const link = h(
    'a',
    {
      href,
      class: `place${isUrgent ? ' urgent' : ''}`,
      tabindex: -1,
      dataset: { key },
      title: problem ?? label,
      aria: { current: isHere(href) ? 'page' : null, haspopup: menu ? 'menu' : null },
      draggable: false,
    },
    cover,
    dot && h('i', { class: 'dot' }),
    isUrgent && icon('warning'),
    h('span', { class: 'place-name', dir: 'auto' }, label),
    problem
      ? h('span', { class: 'count' }, '!')
      : count !== undefined && h('span', { class: 'count' }, format.count(count)),
  );
  const row = h('li', {}, link);
  if (menu) {
    const show = (place) => menu(place);
    row.append(
      h('button', {
        class: 'place-more',
        type: 'button',
        tabindex: -1,
        aria: { label: `Actions for ${label}` },
        on: { click: (event) => show(event.currentTarget) },
      }, icon('more')),
    );
    link.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      show(event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : link);
    });
    link.addEventListener('keydown', (event) => {
      if (event.key === 'F2' && rename) rename();
      else if ((event.key === 'Delete' || event.key === 'Backspace') && remove) remove();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
  if (drop) dropTarget(link, { pictures: drop, files: dropFiles });
  return row;
}

/** A part of the rail with its heading. */
export function section(name, label, entries, { button, foot } = {}) {
  return h(
    'section',
    { aria: { labelledby: `rail-${name}` } },
    h('header', {}, h('h2', { id: `rail-${name}`, class: 'label' }, label), button),
    h('ul', {}, entries),
    foot,
  );
}
