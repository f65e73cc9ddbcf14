// Pictures that are dragged: onto a set, a tag, favourites or the trash, and to another place within a set.

import { actions } from './actions.mjs';
import { h } from './dom.mjs';
import { items } from './items.mjs';
import { library } from './library.mjs';
import { route } from './router.mjs';
import { selection } from './selection.mjs';
import { setOf } from './spans.mjs';

export const type = 'application/x-atelier-ids';

/** Between two rows, in pixels. */
const gap = 4;

let dragged = null;

/** What is being dragged, as ids; null when it comes from elsewhere. */
export const draggedIDs = () => dragged;

const isOurs = (event) => event.dataTransfer?.types.includes(type);
const areFiles = (event) => event.dataTransfer?.types.includes('Files');

/** Lets pictures be dropped on an element: `pictures(ids)`; `files` is a set into which files are imported. */
export function dropTarget(element, { pictures, files }) {
  const over = (event) => {
    if (!isOurs(event) && !(files && areFiles(event))) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    element.classList.add('dropping');
  };
  if (files) element.dataset.dropSet = files;
  element.addEventListener('dragenter', over);
  element.addEventListener('dragover', over);
  element.addEventListener('dragleave', () => element.classList.remove('dropping'));
  element.addEventListener('drop', (event) => {
    element.classList.remove('dropping');
    if (!isOurs(event)) return;
    event.preventDefault();
    event.stopPropagation();
    pictures(dragged ?? JSON.parse(event.dataTransfer.getData(type)));
  });
}

/** The tile under the pointer, or the nearest of its row; below all of them, the last. */
function tileAt({ target, clientX, clientY }) {
  const grid = target.closest?.('#grid');
  const tile = target.closest?.('#grid [data-id]');
  if (tile || !grid) return tile;
  let [nearest, distance] = [null, Infinity];
  for (const one of grid.querySelectorAll('[data-id]')) {
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const down = Math.max(top - clientY, clientY - bottom, 0);
    const across = Math.max(left - clientX, clientX - right, 0);
    // Rows come before columns, as one reads.
    if (down * 1e4 + across < distance) [nearest, distance] = [one, down * 1e4 + across];
  }
  const isBelow = nearest && clientY > nearest.getBoundingClientRect().bottom + gap;
  return isBelow ? document.querySelector(`#grid [data-id="${CSS.escape(items.peek(items.count - 1)?.id ?? '')}"]`) : nearest;
}

/** Where a picture that is let go over a tile would come to stand, when the view is a set in its own order. */
function placeIn(event) {
  if (route().name !== 'grid' || items.order !== 'set') return null;
  const set = setOf(route().q);
  const tile = tileAt(event);
  if (!set || !tile || dragged?.includes(tile.dataset.id)) return null;
  const rect = tile.getBoundingClientRect();
  const isAfter = event.clientY > rect.bottom + gap || event.clientX > rect.left + rect.width / 2;
  return { set, rect, isAfter, place: { [isAfter ? 'after' : 'before']: tile.dataset.id } };
}

export function startDragging() {
  const line = h('div', { class: 'insertion', hidden: true });
  document.body.append(line);
  const end = () => {
    dragged = null;
    line.hidden = true;
    document.body.classList.remove('dragging');
  };

  // The grid says which pictures; here is told what else takes them, and what is seen under the pointer.
  document.addEventListener('dragstart', (event) => {
    const tile = event.target.closest?.('#grid [data-id]');
    if (!tile || !event.dataTransfer || event.defaultPrevented) return;
    const { id } = tile.dataset;
    const given = event.dataTransfer.getData(type);
    dragged = given ? JSON.parse(given) : selection.ids.has(id) ? [...selection.ids] : [id];
    event.dataTransfer.effectAllowed = 'copyMove';
    event.dataTransfer.setData(type, JSON.stringify(dragged));
    const digests = dragged.map((one) => items.peek(items.indexOf(one))?.digest).filter(Boolean);
    event.dataTransfer.setData('text/x-atelier-digests', digests.join(' '));
    event.dataTransfer.setData('text/x-atelier-ids', dragged.join(' '));
    const ghost = h(
      'div',
      { class: 'drag-ghost' },
      tile.querySelector('img')?.cloneNode(),
      dragged.length > 1 && h('b', {}, String(dragged.length)),
    );
    document.body.append(ghost);
    event.dataTransfer.setDragImage(ghost, 20, 20);
    setTimeout(() => ghost.remove());
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragover', (event) => {
    if (!dragged || library.status?.read_only) return;
    const where = placeIn(event);
    line.hidden = !where;
    if (!where) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'move';
    Object.assign(line.style, {
      left: `${(where.isAfter ? where.rect.right : where.rect.left - 4)}px`,
      top: `${where.rect.top}px`,
      height: `${where.rect.height}px`,
    });
  });
  document.addEventListener('drop', (event) => {
    const where = dragged && placeIn(event);
    if (!where) return;
    event.preventDefault();
    actions.moveInSet(dragged, where.set, where.place);
    end();
  });
  document.addEventListener('dragend', end);
}
