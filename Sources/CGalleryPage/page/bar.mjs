// The bar at the top: where one is, the search, how pictures are shown, and the way to new ones.

import { actions } from './actions.mjs';
import { arrangeSet } from './arrange.mjs';
import { chooseFiles } from './importing.mjs';
import { h, icon, replace } from './dom.mjs';
import { grid } from './grid.mjs';
import { showHelp } from './help.mjs';
import { items } from './items.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { openMenu } from './menus.mjs';
import { rail } from './rail.mjs';
import { address, navigate, onRoute, route } from './router.mjs';
import { searchBox } from './search-box.mjs';
import { setOf, withField } from './spans.mjs';
import { theme } from './theme.mjs';

const orders = [
  [null, 'Newest first'],
  ['created', 'Oldest first'],
  ['relevance', 'Best match first'],
  ['-rating', 'Most stars first'],
  ['-size', 'Largest first'],
  ['seed', 'By seed'],
  ['random', 'Random'],
];
const sizeNames = { S: 'Small', M: 'Medium', L: 'Large' };

/** The order that a query asks for; null for that which it has without. */
function sortOf(query) {
  const found = /(?:^|\s)sort:(\S+)/i.exec(query)?.[1].toLowerCase() ?? null;
  return orders.some(([value]) => value === found) || items.order === found ? found : null;
}

function orderItems() {
  const { q } = route();
  const chosen = sortOf(q);
  const isSet = items.order === 'set' && setOf(withField(q, 'sort', null)) !== null;
  const set = setOf(withField(q, 'sort', null));
  const isOrdinary = library.sets.some((one) => one.name === set && !one.is_smart && one.count > 1);
  return [
    ...orders.map(([value, label]) => ({
      label: value === null && isSet ? 'Set order' : label,
      isChosen: chosen === value,
      run: () => navigate(address.grid(withField(q, 'sort', value))),
    })),
    ...(isOrdinary && !library.status?.read_only
      ? [null, { label: 'Reorder the set…', icon: 'tiles', run: () => arrangeSet(set) }]
      : []),
  ];
}

function sizeItems() {
  return Object.entries(sizeNames).map(([size, label]) => ({
    label,
    isChosen: grid.size === size,
    run: () => grid.setSize(size),
  }));
}

function themeItems() {
  return [[null, 'Match system'], ['light', 'Light'], ['dark', 'Dark']].map(([value, label]) => ({
    label,
    isChosen: theme.chosen === value,
    run: () => theme.choose(value),
  }));
}

const newItems = () => (library.status?.read_only ? [] : [
  { label: 'New edit', icon: 'plus', key: 'N', run: () => navigate('/compose') },
  { label: 'Import files…', icon: 'download', key: 'A', run: () => chooseFiles() },
  { label: 'Import a folder…', icon: 'set', run: () => chooseFiles({ isFolder: true }) },
]);

const titles = { compose: 'New edit', runs: 'Runs', fal: 'On fal', costs: 'Costs' };

/** What the window is called: what is looked at, then whose it is. A picture says its own. */
function showTitle({ name, q }) {
  if (name !== 'grid' && !titles[name]) return;
  document.title = [titles[name] ?? q.trim(), library.status?.name ?? 'Atelier'].filter(Boolean).join(' – ');
}

export const bar = {
  start(element) {
    const popup = (properties, items, ...children) => {
      const button = h('button', {
        type: 'button',
        ...properties,
        aria: { haspopup: 'menu', expanded: 'false', ...properties.aria },
        on: {
          click: () => {
            button.setAttribute('aria-expanded', 'true');
            openMenu(button, items(), {
              label: properties.aria?.label ?? button.textContent,
              onClose: () => button.setAttribute('aria-expanded', 'false'),
            });
          },
        },
      }, ...children);
      return button;
    };
    const order = popup({ class: 'button quiet order', aria: { label: 'Order' } }, orderItems);
    const size = popup(
      {
        class: 'button quiet icon-button tile-size',
        title: 'Size of the pictures  + −',
        aria: { label: 'Size of the pictures' },
      },
      sizeItems,
      icon('tiles'),
    );
    const light = h('button', {
      class: 'button quiet icon-button theme',
      type: 'button',
      title: 'Light or dark',
      aria: { label: 'Light or dark' },
      on: { click: () => theme.choose(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark') },
    }, icon('light'));
    const more = popup({ class: 'button quiet icon-button more', aria: { label: 'More' } }, () => [
      ...newItems(),
      { heading: 'Order' },
      ...orderItems(),
      { heading: 'Size' },
      ...sizeItems(),
      { heading: 'Light or dark' },
      ...themeItems(),
      null,
      { label: 'Keys', key: '?', run: showHelp },
    ], icon('more'));
    const add = h(
      'div',
      { class: 'split' },
      h('a', { class: 'button main', href: '/compose', title: 'New edit  N' }, 'New edit'),
      popup({ class: 'button main', aria: { label: 'Import' } }, newItems, icon('down')),
    );
    const edit = h('a', { class: 'button main icon-button narrow-add', href: '/compose', aria: { label: 'New edit' } }, icon('plus'));
    const name = h('a', { class: 'name', href: '/' }, 'Atelier');
    const menu = h('button', {
      class: 'button quiet icon-button drawer-button',
      type: 'button',
      aria: { label: 'Library', expanded: 'false', controls: 'rail' },
      on: { click: () => rail.toggle() },
    }, icon('menu'));
    const readOnly = h('span', { class: 'read-only-mark', hidden: true }, 'Read-only');
    element.append(menu, name, searchBox.make(), h('div', { class: 'grow' }), readOnly, order, size, light, add, edit, more);

    const showOrder = () => {
      const chosen = sortOf(route().q);
      const found = orderItems().find((_, index) => orders[index]?.[0] === chosen);
      const label = found?.label ?? 'Set order';
      if (order.textContent !== label) replace(order, label, icon('down'));
    };
    onRoute(showOrder);
    onRoute(showTitle);
    items.onChange(({ kind }) => {
      if (kind === 'query') showOrder();
    });
    library.onChange(() => {
      const { status } = library;
      name.title = status.root ?? '';
      showTitle(route());
      element.classList.toggle('read-only', Boolean(status.read_only));
      for (const one of [add, edit]) one.hidden = Boolean(status.read_only);
      readOnly.hidden = !status.read_only;
      readOnly.title = status.read_only_reason ?? '';
    });
    const undo = () => (library.status?.read_only ? false : void actions.undo());
    const redo = () => (library.status?.read_only ? false : void actions.redo());
    keys.bind({
      key: 'n',
      label: 'New edit',
      group: 'Anywhere',
      run: () => (library.status?.read_only ? false : navigate('/compose')),
    });
    keys.bind({
      key: 'a',
      label: 'Import files',
      group: 'Anywhere',
      run: () => (library.status?.read_only ? false : chooseFiles()),
    });
    keys.bind({ key: '?', label: 'Show the keys', group: 'Anywhere', run: showHelp });
    keys.bind({ key: 'Mod+z', label: 'Undo', group: 'Anywhere', run: undo });
    keys.bind({ key: 'Mod+Shift+z', label: 'Redo', group: 'Anywhere', run: redo });
    // Over a picture these zoom.
    keys.bind({ key: 'z', run: undo });
    keys.bind({ key: 'Shift+z', run: redo });
  },
};
