// The rail: every place of the library with how much is in it. A link is a link; what can be done with a set is in its
// menu.

import { actions } from './actions.mjs';
import { thumbnail } from './choosing.mjs';
import { h, icon, replace } from './dom.mjs';
import { focusPictures, giveFocusBack } from './focus.mjs';
import { format } from './format.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { entry, isHere, section } from './rail-entry.mjs';
import { setMenu, tagMenu } from './rail-menus.mjs';
import { address, onRoute, route } from './router.mjs';
import { selection } from './selection.mjs';
import { quoted } from './spans.mjs';

const mostTags = 12;
const narrow = matchMedia('(max-width: 899px)');

let element = null;
let scope = null;
let before = null;
let areAllTags = false;
let drawn = '';
/** The button that saves a search. */
let saving = null;

/** The places that are always there. */
function places() {
  // The places stand before they are counted.
  const counts = library.status?.counts ?? {};
  const state = (name) => `/runs?state=${name}`;
  return [
    { key: 'all', label: 'All pictures', href: '/', count: counts.pictures },
    {
      key: 'favourites',
      label: 'Favourites',
      href: address.grid('is:favourite'),
      count: counts.favourites,
      drop: (ids) => actions.favourite(ids, true),
    },
    { key: 'references', label: 'References', href: address.grid('kind:reference'), count: counts.references },
    { key: 'running', label: 'In progress', href: '/runs', count: counts.running, dot: counts.running > 0 },
    {
      key: 'decision',
      label: 'Needs a decision',
      href: state('unknown'),
      count: counts.unknown,
      isUrgent: counts.unknown > 0,
    },
    { key: 'fal', label: 'On fal', href: '/fal', count: counts.on_fal },
    { key: 'costs', label: 'Costs', href: '/costs' },
    {
      key: 'trash',
      label: 'Trash',
      href: address.grid('is:trashed'),
      count: counts.trash,
      drop: (ids) => actions.trash(ids),
    },
  ];
}

const hrefOfSet = (set) => address.grid(`set:${quoted(set.name)}`);
const hrefOfTag = (tag) => address.grid(`tag:${quoted(tag.name)}`);

function draw() {
  const sets = library.sets.filter((set) => !set.is_smart);
  const smart = library.sets.filter((set) => set.is_smart);
  const tags = areAllTags ? library.tags : library.tags.slice(0, mostTags);
  const canWrite = Boolean(library.status) && !library.status.read_only;
  const signature = JSON.stringify([
    library.status?.counts,
    library.sets.map((set) => [set.name, set.count, set.cover, set.query, set.problem]),
    library.tags,
    areAllTags,
    selection.count > 0,
    canWrite,
  ]);
  if (signature === drawn) return;
  drawn = signature;
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const index = links().indexOf(document.activeElement);
  const add = (label, run) =>
    canWrite &&
    h(
      'button',
      { class: 'section-add', type: 'button', title: label, aria: { label }, dataset: { key: label }, on: { click: run } },
      icon('plus'),
    );
  replace(
    element,
    h('ul', {}, places().map((place) => entry(canWrite ? place : { ...place, drop: null }))),
    library.status && section(
      'sets',
      'Sets',
      sets.map((set) =>
        entry({
          key: `set ${set.name}`,
          label: set.name,
          href: hrefOfSet(set),
          count: set.count,
          cover: thumbnail(set.cover ?? set.members?.[0]),
          ...(canWrite && {
            menu: (place) => setMenu(place, set),
            drop: (ids) => actions.addToSet(ids, set.name),
            dropFiles: set.name,
            rename: () => actions.renameSet(set.name),
            remove: () => actions.deleteSet(set.name),
          }),
        })
      ),
      {
        button: add(
          selection.count ? 'New set of the selected pictures' : 'New set',
          () => actions.createSet(selection.count ? { of: selection.subject() } : {}),
        ),
        foot: sets.length === 0 &&
          h('p', { class: 'hint' }, 'A set keeps pictures together, in order. Select some and press S.'),
      },
    ),
    library.status && section(
      'smart',
      'Smart sets',
      smart.map((set) =>
        entry({
          key: `set ${set.name}`,
          label: set.name,
          href: hrefOfSet(set),
          count: set.count,
          cover: icon('search'),
          problem: set.problem,
          ...(canWrite && {
            menu: (place) => setMenu(place, set),
            rename: () => actions.renameSet(set.name),
            remove: () => actions.deleteSet(set.name),
          }),
        })
      ),
      {
        button: saving = add('Save this search as a smart set', () => actions.createSet({ query: route().q })),
        foot: smart.length === 0 &&
          h('p', { class: 'hint' }, 'A saved search. Search for something, then save it here.'),
      },
    ),
    library.tags.length > 0 && section(
      'tags',
      'Tags',
      tags.map((tag) =>
        entry({
          key: `tag ${tag.name}`,
          label: tag.name,
          href: hrefOfTag(tag),
          count: tag.count,
          ...(canWrite &&
            {
              menu: (place) => tagMenu(place, tag),
              drop: (ids) => actions.addTag(ids, tag.name),
              remove: () => actions.dropTag(tag.name),
            }),
        })
      ),
      {
        foot: library.tags.length > mostTags &&
          h('button', {
            class: 'button quiet all-tags',
            type: 'button',
            on: {
              click: () => {
                areAllTags = !areAllTags;
                draw();
              },
            },
          }, areAllTags ? 'Fewer' : `All ${format.count(library.tags.length)} tags`),
      },
    ),
  );
  showSaving();
  const button = focused && element.querySelector(`.section-add[data-key="${CSS.escape(focused)}"]`);
  if (button && button.offsetParent !== null) {
    button.focus({ preventScroll: true });
    return;
  }
  // The keyboard stays on its place, or where that was when it is gone.
  const isThere = links().some((link) => link.dataset.key === focused);
  rove(isThere || !focused ? focused : links()[Math.min(index, links().length - 1)]?.dataset.key);
}

/** A search can be saved where there is one. */
function showSaving() {
  const { q, name } = route();
  if (saving) saving.hidden = name !== 'grid' || !q;
}

/** Another address: nothing of the rail changes but where one is. */
function showHere() {
  const now = route();
  for (const link of links()) {
    const current = isHere(link.getAttribute('href'), now) ? 'page' : null;
    if (link.ariaCurrent !== current) link.ariaCurrent = current;
  }
  showSaving();
  if (!element.contains(document.activeElement)) rove();
}

const links = () => [...element.querySelectorAll('a.place')];

/** One of the links can be tabbed to: the focused one, or the one that is open, or the first. */
function rove(key = null) {
  const all = links();
  const one = (key && all.find((link) => link.dataset.key === key)) ?? all.find((link) => link.ariaCurrent) ?? all[0];
  for (const link of all) {
    const index = link === one ? 0 : -1;
    if (link.tabIndex !== index) link.tabIndex = index;
  }
  if (key) one?.focus({ preventScroll: true });
}

function pressed(event) {
  // In the drawer Tab goes round.
  if (event.key === 'Tab' && rail.isDrawn) {
    const all = [...element.querySelectorAll('a[tabindex="0"], button:not([tabindex="-1"])')];
    const end = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement === end || !all.includes(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? all.at(-1) : all[0])?.focus();
    }
    return;
  }
  const all = links();
  const index = all.indexOf(document.activeElement);
  if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    const link = all[Math.max(0, Math.min(all.length - 1, to))];
    rove(link.dataset.key);
    link.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Escape' || event.key === 'ArrowRight') {
    if (rail.isDrawn) rail.toggle(false);
    else focusPictures();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export const rail = {
  get isDrawn() {
    return element.classList.contains('open');
  },

  start(place) {
    element = place;
    element.addEventListener('keydown', pressed);
    element.addEventListener('focusin', (event) => {
      if (event.target.matches('a.place')) {
        for (const link of links()) {
          link.tabIndex = link === event.target ? 0 : -1;
        }
      }
    });
    library.onChange(draw);
    onRoute((now, from) => {
      showHere();
      if (from && now.url !== from.url) rail.toggle(false);
    });
    selection.onChange(draw);
    draw();
    narrow.addEventListener('change', () => rail.toggle(false));
    keys.bind({
      key: 'g',
      label: 'Go to the sidebar',
      group: 'Anywhere',
      run: () => {
        if (!document.getElementById('over').hidden) return false;
        if (narrow.matches) rail.toggle(true);
        else rove(links().find((link) => link.ariaCurrent)?.dataset.key ?? 'all');
        return true;
      },
    });
  },

  /** On a narrow window the rail is a drawer: over the pictures, with the focus in it until it is closed. */
  toggle(isOpen = !rail.isDrawn) {
    if (isOpen === rail.isDrawn || (isOpen && !narrow.matches)) return;
    element.classList.toggle('open', isOpen);
    document.querySelector('.drawer-button')?.setAttribute('aria-expanded', String(isOpen));
    document.getElementById('main').inert = isOpen;
    document.getElementById('bar').inert = isOpen;
    if (isOpen) {
      before = document.activeElement;
      scope = keys.scope('drawer', { isModal: true });
      scope.bind({ key: 'Escape', run: () => rail.toggle(false) });
      const shade = h('div', { class: 'drawer-shade', on: { click: () => rail.toggle(false) } });
      document.getElementById('app').append(shade);
      rove(links().find((link) => link.ariaCurrent)?.dataset.key ?? 'all');
    } else {
      document.querySelector('.drawer-shade')?.remove();
      scope?.close();
      giveFocusBack(before);
    }
  },
};
