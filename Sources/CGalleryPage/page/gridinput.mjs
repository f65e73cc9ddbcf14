// Pointer and keyboard on the grid: open, select, move as the eye does, open and close stacks, drag away.

import { items } from './items.mjs';
import { keys } from './keys.mjs';
import { address, navigate, route } from './router.mjs';
import { selection } from './selection.mjs';

/** How long a finger rests to select, in ms, and how far it may slip, in px. */
const longPress = 450;
const slip = 10;
/** The type under which dragged pictures carry their ids, as a JSON array. */
export const dragType = 'application/x-atelier-ids';

/** The ids that a tile stands for: all of a closed stack. */
async function idsOf(wall, tile) {
  if (!tile.item) return items.ids(tile.index, tile.index);
  if (tile.size > 1 && !wall.open.has(tile.index)) return items.ids(tile.index, tile.index + tile.size - 1);
  return [tile.item.id];
}

const endOf = (wall, tile) => tile.index + (wall.open.has(tile.index) ? 1 : tile.size) - 1;

export function startInput(wall, { saveAnchor, act }) {
  const { element } = wall;
  let press = null;
  let openedAt = -Infinity;
  let wasTouch = false;
  let goal = null;

  const tileFrom = (target) => target.closest?.('.tile')?.tile ?? null;

  function open(tile) {
    if (tile.run) {
      navigate('/runs');
      return;
    }
    if (!tile.item) return;
    wall.focusOn(tile.cell, { isStill: true });
    saveAnchor();
    openedAt = performance.now();
    navigate(address.picture(tile.item.id, items.query), { state: { index: tile.index } });
  }

  async function select(tile, isRange) {
    if (tile.run) return;
    wall.focusOn(tile.cell, { isStill: true });
    if (isRange) await selection.range(tile.index, endOf(wall, tile));
    else await selection.toggle(await idsOf(wall, tile));
  }

  /** Opens a stack in place, or closes the one that a tile belongs to; the stack stays where it is. */
  function toggleStack(tile) {
    if (!tile?.item) return false;
    let first = tile.index;
    while (first > 0 && items.stacks[first] === 1) first -= 1;
    if (items.stacks[first + 1] !== 1) return false;
    const id = items.peek(first)?.id;
    if (!id) return false;
    const isOpen = wall.openStacks.has(id);
    const cell = wall.layout.cellOfItem(first);
    const offset = wall.layout.rowTop[wall.layout.rowOfCell(cell)] - wall.scroller.y;
    if (isOpen) wall.openStacks.delete(id);
    else wall.openStacks.set(id, first);
    wall.focus = { id, index: first };
    wall.arrange({ place: first, offset });
    wall.focusOn(wall.layout.cellOfItem(first));
    return true;
  }

  element.addEventListener('click', (event) => {
    const day = event.target.closest?.('.grid-day-tick');
    if (day) {
      selection.span(Number(day.dataset.from), Number(day.dataset.to));
      return;
    }
    const tile = tileFrom(event.target);
    if (!tile || event.button !== 0) return;
    if (press?.isDone) {
      press = null;
      return;
    }
    if (event.target.closest('[data-stack]')) toggleStack(tile);
    else if (event.target.closest('.tile-tick') || event.ctrlKey || event.metaKey) select(tile, event.shiftKey);
    else if (event.shiftKey) select(tile, true);
    else if (event.target.closest('[data-star]')) {
      act(
        'rate',
        [tile.item.id],
        Number(event.target.dataset.star) === tile.item.rating ? 0 : Number(event.target.dataset.star),
      );
    } else if (event.target.closest('.tile-heart')) act('favourite', [tile.item.id]);
    else if (wasTouch && selection.count) select(tile, false);
    else open(tile);
  });

  // The second click of a double click belongs to the first: what opened under the pointer does not get it.
  for (const name of ['click', 'dblclick']) {
    addEventListener(name, (event) => {
      if (performance.now() - openedAt > 500 || event.detail < 2) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    }, true);
  }

  element.addEventListener('pointerdown', (event) => {
    wasTouch = event.pointerType === 'touch';
    press = null;
    const tile = tileFrom(event.target);
    if (!wasTouch || !tile) return;
    const { clientX: x, clientY: y } = event;
    const mine = press = { x, y, isDone: false };
    mine.timer = setTimeout(() => {
      if (press !== mine || !tile.element.isConnected) return;
      mine.isDone = true;
      navigator.vibrate?.(10);
      select(tile, false);
    }, longPress);
  });
  element.addEventListener('pointermove', (event) => {
    if (press && !press.isDone && Math.hypot(event.clientX - press.x, event.clientY - press.y) > slip) {
      clearTimeout(press.timer);
    }
  });
  for (const name of ['pointerup', 'pointercancel']) {
    element.addEventListener(name, () => {
      if (press) clearTimeout(press.timer);
    });
  }
  element.addEventListener('contextmenu', (event) => {
    if (wasTouch) event.preventDefault();
  });

  element.addEventListener('dragstart', (event) => {
    const tile = tileFrom(event.target);
    if (!tile?.item || wasTouch) {
      event.preventDefault();
      return;
    }
    const isMany = selection.has(tile.item.id) && !selection.isAll;
    const stack = tile.size > 1 && !wall.open.has(tile.index)
      ? Array.from({ length: tile.size }, (_, n) => items.peek(tile.index + n)?.id).filter(Boolean)
      : [tile.item.id];
    const ids = isMany ? [...selection.ids] : stack;
    event.dataTransfer.setData(dragType, JSON.stringify(ids));
    event.dataTransfer.setData('text/plain', ids.join('\n'));
    event.dataTransfer.effectAllowed = 'copyMove';
  });

  element.addEventListener('pointerover', (event) => {
    if (event.pointerType !== 'touch') tileFrom(event.target)?.reveal();
  });

  // A tile that got the focus by Tab or by a script of others is what the keyboard is on.
  element.addEventListener('focusin', (event) => {
    const tile = tileFrom(event.target);
    if (!tile || tile.index < 0) return;
    tile.reveal();
    if (wall.focus.id !== (tile.item?.id ?? null) || wall.focus.index !== tile.index) {
      wall.focus = { id: tile.item?.id ?? null, index: tile.index };
    }
  });

  /** Whether keys are for the grid: nothing lies over it, and the keyboard is not on something else that arrows move. */
  const isMine = () => {
    if (route().name !== 'grid' || !wall.layout?.rowCount || !items.count) return false;
    const active = document.activeElement;
    return !active || active === document.body || active.id === 'main' || element.contains(active);
  };
  const focused = () => {
    const tile = document.activeElement?.tile;
    return tile?.element.isConnected ? tile : null;
  };

  /** Moves the keyboard; the first key only shows where it is. */
  function move(next) {
    return (event) => {
      if (!isMine()) return false;
      const { layout } = wall;
      let cell = focused()?.cell ?? wall.focusCell;
      if (!focused()) {
        if (!wall.isCellSeen(cell)) {
          cell = layout.rowFirst[Math.min(layout.rowCount - 1, layout.rowAt(wall.scroller.y + 44))];
        }
        if (!event.shiftKey && event.key.startsWith('Arrow')) {
          wall.focusOn(cell);
          return true;
        }
      }
      const to = Math.max(0, Math.min(layout.cellCount - 1, next(cell, layout)));
      if (event.shiftKey && selection.anchor === null) {
        const item = items.peek(layout.itemOfCell[cell]);
        if (item) selection.set([item.id]);
      }
      wall.focusOn(to);
      if (event.shiftKey && layout.itemOfCell[to] >= 0) {
        const tile = wall.tileAtCell(to);
        if (tile) selection.range(tile.index, endOf(wall, tile));
      }
      return true;
    };
  }

  const sideways = (step) =>
    move((cell) => {
      goal = null;
      return cell + step;
    });
  /** Up and down by where the eye is: across rows of other widths and back, the column is kept. */
  const updown = (rows) =>
    move((cell, layout) => {
      if (goal?.cell !== cell) goal = { x: layout.middle(cell) };
      const row = layout.rowOfCell(cell);
      const to = Math.max(0, Math.min(layout.rowCount - 1, row + rows));
      if (to === row) return cell;
      goal.cell = layout.cellAt(to, goal.x);
      return goal.cell;
    });
  /** A screen on or back, less a row; the keyboard stays at its height on the screen. */
  const screen = (step) =>
    move((cell, layout) => {
      const { scroller } = wall;
      if (goal?.cell !== cell) goal = { x: layout.middle(cell) };
      const top = layout.rowTop[layout.rowOfCell(cell)];
      const by = step * (scroller.view - wall.target * 0.6);
      const wanted = Math.max(0, Math.min(layout.height, top + by));
      scroller.to(scroller.y + by);
      goal.cell = layout.cellAt(layout.rowAt(wanted + 1), goal.x);
      return goal.cell;
    });

  const group = 'Grid';
  const bind = (key, label, run) => keys.bind({ key, label, group, run });
  const withShift = (key, label, run) => {
    bind(key, label, run);
    bind(`Shift+${key}`, '', run);
  };
  withShift('ArrowRight', 'Next', sideways(1));
  withShift('ArrowLeft', 'Previous', sideways(-1));
  withShift('ArrowDown', 'Row below', updown(1));
  withShift('ArrowUp', 'Row above', updown(-1));
  withShift('PageDown', 'Page down', screen(1));
  withShift('PageUp', 'Page up', screen(-1));
  withShift('Home', 'First', move(() => 0));
  withShift('End', 'Last', move((_, layout) => layout.cellCount - 1));
  bind('Enter', 'Open', () => {
    const tile = isMine() && focused();
    if (!tile) return false;
    open(tile);
    return true;
  });
  const tick = (isRange) => () => {
    const tile = isMine() && focused();
    if (!tile) return false;
    select(tile, isRange);
    return true;
  };
  bind('x', 'Select', tick(false));
  bind('Shift+x', 'Select from the last one to here', tick(true));
  bind('Mod+a', 'Select all', () => {
    // Where no picture is, nothing is selected, the words of the page least of all.
    if (!isMine()) return route().name === 'grid' && !items.count;
    selection.all();
    return true;
  });
  const stack = () => {
    const tile = isMine() && focused();
    if (!tile) return false;
    toggleStack(tile);
    return true;
  };
  bind('e', 'Open or close a stack', stack);
  bind(' ', '', stack);
  bind('Escape', 'Clear the selection', () => {
    if (route().name !== 'grid' || !selection.count) return false;
    selection.clear();
    return true;
  });
  const sizes = ['S', 'M', 'L'];
  const resize = (step) => () => {
    if (!isMine()) return false;
    wall.setSize(sizes[Math.max(0, Math.min(2, sizes.indexOf(wall.size) + step))]);
    return true;
  };
  bind('+', 'Larger', resize(1));
  bind('=', '', resize(1));
  bind('-', 'Smaller', resize(-1));
  return { toggleStack };
}
