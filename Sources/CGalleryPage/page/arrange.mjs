// The order of a set, which is the order in which its pictures are references: dragged, or moved by keys. Each move is
// an action of its own.

import { actions } from './actions.mjs';
import { api } from './api.mjs';
import { openDialog } from './dialogs.mjs';
import { h, replace } from './dom.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { toast } from './toasts.mjs';

/** So many are shown; a longer set is put in order by `atelier set sort`. */
const most = 500;

export async function arrangeSet(name) {
  let members = [];
  let count = 0;
  let dragged = null;
  const list = h('div', {
    class: 'arranged',
    role: 'listbox',
    aria: { label: `Order of ${name}`, orientation: 'horizontal' },
  });
  const words = h('p', { class: 'secondary small' });

  async function load(focus = null) {
    try {
      const set = await api.get(`sets/${encodeURIComponent(name)}`);
      count = set.count;
      members = set.members.slice(0, most);
      draw(focus ?? document.activeElement?.dataset?.digest ?? members[0]);
    } catch (error) {
      toast.error(error);
    }
  }

  function draw(focus) {
    const isInside = list.contains(document.activeElement);
    replace(
      list,
      members.map((digest, index) =>
        h(
          'button',
          {
            class: 'arranged-picture',
            type: 'button',
            role: 'option',
            draggable: true,
            tabindex: digest === focus ? 0 : -1,
            dataset: { digest },
            aria: {
              label: `${index + 1} of ${members.length}`,
              selected: String(digest === focus),
              keyshortcuts: '[ ]',
            },
          },
          h('img', { src: `/thumbnails/${digest}/256`, alt: '', draggable: false, loading: 'lazy' }),
          h('b', {}, String(index + 1)),
        )
      ),
    );
    replace(
      words,
      members.length < 2 ? 'Nothing to reorder.' : [
        'Drag, or move with ',
        h('kbd', {}, '['),
        ' and ',
        h('kbd', {}, ']'),
        count > most && `. The first ${format.count(most)} of ${format.count(count)} are shown.`,
      ],
    );
    if (isInside) list.querySelector('[tabindex="0"]')?.focus({ preventScroll: false });
  }

  /** Moves a picture to before another, or to the end; seen at once, and loaded again when it was refused. */
  async function move(digest, index) {
    const from = members.indexOf(digest);
    const to = Math.max(0, Math.min(members.length - 1, index));
    if (from < 0 || from === to) return;
    const rest = members.filter((one) => one !== digest);
    members = rest.toSpliced(to, 0, digest);
    draw(digest);
    const answer = await actions.moveInSet(
      [digest],
      name,
      to < rest.length ? { before: rest[to] } : { after: rest.at(-1) },
    );
    if (!answer) load(digest);
  }

  list.addEventListener('keydown', (event) => {
    const digest = document.activeElement?.dataset?.digest;
    const index = members.indexOf(digest);
    if (index < 0) return;
    const across = Math.max(1, Math.floor((list.clientWidth + 4) / 100));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    if (event.key === '[' || event.key === ']') move(digest, index + (event.key === '[' ? -1 : 1));
    else if (step && event.shiftKey) move(digest, index + step);
    else if (step || event.key === 'Home' || event.key === 'End') {
      const to = event.key === 'Home'
        ? 0
        : event.key === 'End'
        ? members.length - 1
        : Math.max(0, Math.min(members.length - 1, index + step));
      for (const one of list.children) {
        one.tabIndex = -1;
        one.setAttribute('aria-selected', 'false');
      }
      list.children[to].tabIndex = 0;
      list.children[to].setAttribute('aria-selected', 'true');
      list.children[to].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('dragstart', (event) => {
    dragged = event.target.closest('[data-digest]')?.dataset.digest ?? null;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', dragged ?? '');
  });
  list.addEventListener('dragover', (event) => {
    const over = event.target.closest('[data-digest]');
    for (const one of list.children) one.classList.remove('before', 'after');
    if (!dragged || !over) return;
    event.preventDefault();
    const rect = over.getBoundingClientRect();
    over.classList.add(event.clientX > rect.left + rect.width / 2 ? 'after' : 'before');
  });
  list.addEventListener('drop', (event) => {
    const over = event.target.closest('[data-digest]');
    if (!dragged || !over) return;
    event.preventDefault();
    event.stopPropagation();
    const rest = members.filter((one) => one !== dragged);
    const place = rest.indexOf(over.dataset.digest);
    if (place >= 0) move(dragged, place + (over.classList.contains('after') ? 1 : 0));
  });
  list.addEventListener('dragend', () => {
    dragged = null;
    for (const one of list.children) one.classList.remove('before', 'after');
  });

  await load();
  const end = events.on('change', () => {
    if (!dragged) load();
  });
  const dialog = openDialog({
    label: `Order of “${name}”`,
    className: 'wide',
    content: [list, words],
    buttons: [
      !library.status?.read_only && {
        label: 'Undo',
        key: 'Z',
        run: () => {
          actions.undo().then(() => load());
          return false;
        },
      },
      { label: 'Done', isMain: true },
    ].filter(Boolean),
  });
  list.querySelector('[tabindex="0"]')?.focus();
  dialog.scope.bind({ key: 'z', run: () => actions.undo().then(() => load()) });
  await dialog.closed;
  end();
}
