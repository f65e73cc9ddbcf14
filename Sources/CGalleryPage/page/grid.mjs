// The grid: what stands in it, and what keeps it still. Its place is remembered as an item and how far it is from the top, never as a
// scroll offset, so back, reload, deletions, arrivals and other widths find the same picture at the same pixel.

import { hasJustChanged, onConnection } from './api.mjs';
import { h } from './dom.mjs';
import { events } from './events.mjs';
import { focusPictures } from './focus.mjs';
import { format } from './format.mjs';
import { showEmptyLibrary, showEmptySearch, showFailure } from './gridempty.mjs';
import { startInput } from './gridinput.mjs';
import { items } from './items.mjs';
import { pending } from './pending.mjs';
import { remember, route as present } from './router.mjs';
import { selection } from './selection.mjs';
import { toast } from './toasts.mjs';
import { Wall } from './wall.mjs';

/** Changes are taken together for this long, in ms; a timeline of a million is not asked for at every one of them. */
const calm = 120;
const calmOfMany = 600;
const many = 100_000;

let wall = null;
let pill = null;
let empty = null;
let input = null;
let arrived = 0;
let isLoaded = false;
let wanted = null;
/** The picture that was last looked at large, to come back to. */
let looked = null;
let timer = 0;
let touched = new Set();
let mustRefresh = false;
let refreshing = null;
let saving = 0;
/** Whether the grid was loaded beneath a picture, after a reload, and not seen since. */
let isUnseen = false;

/** What is to be found again: the item to hold on to and its distance from the top. */
function anchor() {
  const seen = wall.seen();
  const first = seen.find(({ id }) => id !== null) ?? seen[0];
  return first &&
    { id: first.id, index: first.index, offset: first.offset, focus: wall.focus, open: [...wall.openStacks] };
}

function saveAnchor() {
  if (!isLoaded || present().name !== 'grid' || present().q !== items.query) return;
  remember({ grid: wall.scroller.y > 0 || wall.hasFocus ? anchor() : null });
}

function showArrivals(count) {
  arrived = count;
  pill.hidden = arrived <= 0;
  if (arrived > 0) pill.textContent = `${format.count(arrived)} new`;
}

function showEmptiness() {
  const isEmpty = items.isReady && items.count === 0 && !wall.pending.length;
  empty.hidden = !isEmpty;
  wall.element.hidden = isEmpty;
  if (!isEmpty) return;
  wall.clear();
  wall.scrubber.element.hidden = true;
  if (items.query === '') showEmptyLibrary(empty);
  else showEmptySearch(empty, items.query);
}

/** Shows a query from its beginning, or where a person left it. */
async function load(q, at) {
  wanted = q;
  isLoaded = false;
  load.hadFocus = wall.hasFocus;
  selection.clear();
  showArrivals(0);
  wall.seams = [];
  wall.openStacks = new Map(at?.open ?? []);
  wall.focus = at?.focus?.id ? at.focus : { id: at?.id ?? null, index: at?.index ?? 0 };
  wall.pending = q === '' ? pending.runs : [];
  load.at = at;
  if (!at) wall.hurry();
  wall.element.setAttribute('aria-busy', 'true');
  try {
    if (!await items.load(q, at)) return;
    isLoaded = true;
    // What was heard of while it came.
    if (mustRefresh || touched.size) soon();
  } catch (error) {
    if (error.name !== 'AbortError' && wanted === q) showFailed(error);
  }
}

/**
 * The answer did not come. Pictures of an earlier query are no answer and go; those that came for this one, the first of
 * them or from before the server went away, stay, and the line at the top says what is wrong.
 */
function showFailed(error) {
  wall.element.setAttribute('aria-busy', 'false');
  if (items.query === wanted && items.count > 0) {
    wall.release();
    if (error.status !== 0) toast.error(error);
    return;
  }
  items.forget(wanted);
  wall.isHeld = false;
  wall.clear();
  wall.element.hidden = true;
  wall.scrubber.element.hidden = true;
  empty.hidden = false;
  showFailure(empty, error, () => load(wanted, load.at));
}

function taken(change) {
  if (change.kind === 'page') {
    const gone = wall.focus;
    if (gone.id === null && change.from <= gone.index && gone.index < change.to) {
      gone.id = items.peek(gone.index)?.id ?? null;
    }
    wall.render(true);
    // What came to rest before its items were here is known by its id now.
    clearTimeout(saving);
    saving = setTimeout(saveAnchor, 200);
  } else if (change.kind === 'query') {
    wall.element.setAttribute('aria-busy', 'false');
    showEmptiness();
    const { at } = load;
    if (change.place >= 0 && at) {
      const offset = at.offset ?? Math.max(0, (wall.element.clientHeight - wall.target) / 2 || 200);
      wall.arrange({ place: change.place, offset });
    } else {
      if (wall.shownQuery !== items.query) wall.scroller.y = 0;
      wall.arrange();
    }
    wall.shownQuery = items.query;
    wall.release();
    wall.renderSelection();
    // The keyboard was on a picture of the list before.
    if (load.hadFocus && document.activeElement === document.body) focusPictures();
  } else if (change.kind === 'stale') {
    mustRefresh = true;
    soon();
  } else if (change.kind === 'timeline') {
    settle(change);
  } else if (change.kind === 'error') {
    if (change.error.status !== 0) toast.error(change.error);
  }
}

/** The list is another one: what is looked at stays where it is. */
function settle({ anchor: found, added, extra, isFront, isBack }) {
  const before = settle.seen ?? [];
  const made = extra ? Math.max(0, wall.pending.length - extra.length) : 0;
  if (extra) wall.pending = items.query === '' ? extra : [];
  showEmptiness();
  const was = found && before.find(({ id }) => id === found.id);
  // At the very top, with nothing held, what is new simply appears.
  const isHeld = wall.scroller.y > 1 || wall.hasFocus || present().name !== 'grid';
  // What came in front stands in rows of its own, so that those that are looked at stay as they are; what was being made had its place already.
  if (isFront) wall.makeRoom(added, isHeld && added > made);
  if (was && isHeld) {
    const shift = found.place - found.index;
    if (shift > 0 && items.isByTime && !isBack) showArrivals(arrived + shift);
    // When the first one is gone, that behind it takes its place.
    const first = before.find(({ id }) => id !== null);
    wall.arrange({ place: found.place, offset: found.index > first.index ? first.offset : was.offset });
  } else {
    wall.arrange();
    if (wall.scroller.y <= 1) showArrivals(0);
  }
  if (wall.focus.id !== null && items.indexOf(wall.focus.id) < 0 && before.some(({ id }) => id === wall.focus.id)) {
    // What had the focus is gone: the next one takes its place, or the one before it where that would need a movement.
    const hadFocus = wall.lostFocus || wall.hasFocus;
    wall.focus = { id: null, index: Math.min(wall.focus.index, Math.max(0, items.count - 1)) };
    if (hadFocus && items.count) {
      const cell = wall.focusCell;
      wall.focusOn(cell > 0 && !wall.isCellSeen(cell) ? cell - 1 : cell, { isStill: true });
    }
  }
  // What arrived was not selected by anyone.
  if (selection.isAll && added !== 0) {
    selection.clear();
    toast('Pictures came or went: select all again');
  }
  selection.drop(before.map(({ id }) => id).filter((id) => id !== null && items.indexOf(id) < 0));
  wall.renderSelection();
}

/** Takes what was heard of since: marks change what is here, arrivals and departures the list. */
async function catchUp() {
  if (!isLoaded) return;
  if (refreshing) {
    timer = setTimeout(catchUp, calm);
    return;
  }
  const names = [...touched];
  const isList = mustRefresh;
  touched = new Set();
  mustRefresh = false;
  refreshing = (async () => {
    if (isList) {
      settle.seen = wall.seen(hasJustChanged());
      const known = settle.seen.filter(({ id }) => id !== null);
      wall.lostFocus = wall.hasFocus;
      await items.refresh(known, items.query === '' ? pending.load : null);
    } else if (names.length) {
      await items.touch(names);
    }
  })().catch((error) => {
    if (error.name !== 'AbortError' && error.status !== 0) toast.error(error);
  }).finally(() => {
    refreshing = null;
  });
  await refreshing;
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(catchUp, items.count > many ? calmOfMany : calm);
}

function changed(change) {
  for (const name of [...change.assets ?? [], ...change.runs ?? []]) touched.add(name);
  // A search may find other pictures after any change; the whole library only when some came or went.
  if ((change.arrival ?? change.is_arrival) !== false || items.query !== '') mustRefresh = true;
  soon();
}

/** To where the grid was left, as far as it was loaded beneath something else, and to the picture that was looked at. */
async function comeBack(kept, id) {
  if (kept) {
    const place = await items.find(kept.id, kept.index);
    if (place >= 0) wall.arrange({ place, offset: kept.offset });
  }
  if (id !== null) await grid.reveal(id);
}

async function act(verb, ...rest) {
  try {
    const { actions } = await import('./actions.mjs');
    await actions[verb](...rest);
  } catch (error) {
    toast.error(error);
  }
}

export const grid = {
  start(element) {
    wall = new Wall(element, saveAnchor);
    pill = h('button', {
      class: 'button main grid-pill',
      type: 'button',
      hidden: true,
      on: { click: () => grid.top() },
    });
    empty = h('div', { class: 'grid-empty', hidden: true });
    element.append(pill, empty);
    input = startInput(wall, { saveAnchor, act });
    items.onChange(taken);
    selection.onChange(() => wall.renderSelection());
    wall.element.addEventListener('scroll', () => {
      if (arrived && wall.scroller.y < 2) showArrivals(0);
    }, { passive: true });
    addEventListener('pagehide', saveAnchor);
    events.on('change', changed);
    events.on('reset', () => {
      mustRefresh = true;
      soon();
    });
    onConnection((isConnected) => {
      if (!isConnected) return;
      if (!isLoaded && wanted !== null) load(wanted, load.at);
      mustRefresh = true;
      soon();
    });
    pending.onChange(() => {
      if (!isLoaded || items.query !== '') return;
      const shape = (runs) => runs.map(({ id, ratio }) => `${id} ${ratio}`).join();
      const isSame = shape(wall.pending) === shape(pending.runs);
      wall.pending = pending.runs;
      if (isSame) {
        wall.render(true);
        return;
      }
      showEmptiness();
      const [first] = wall.seen();
      const isHeld = first && (wall.scroller.y > 1 || wall.hasFocus);
      if (isHeld) { if (!wall.seams.length) wall.seams = [0]; }
      wall.arrange(isHeld ? { place: first.index, offset: first.offset } : null);
    });
    pending.start();
  },

  /** Takes an address: the query of the grid, or of what lies over it. */
  route(route) {
    if (!['grid', 'picture', 'compare'].includes(route.name)) return;
    if (route.name === 'picture') looked = route.id;
    const kept = history.state?.grid;
    if (route.q === wanted) return;
    const at = kept ?? (route.name === 'picture' ? { id: route.id, index: history.state?.index ?? 0 } : null);
    isUnseen = route.name !== 'grid';
    load(route.q, at);
  },

  /** The grid is on top again: the keyboard goes back to where it was, which is the picture that was looked at. */
  resume() {
    // A hidden element forgets how far it was scrolled.
    if (wall.layout && wall.element.clientWidth) wall.scroller.settle();
    if (present().name !== 'grid') return;
    const id = looked;
    looked = null;
    if (!isLoaded) return;
    const wasUnseen = isUnseen;
    isUnseen = false;
    comeBack(wasUnseen ? history.state?.grid : null, id).catch(() => {});
  },

  /** Puts the keyboard on a picture and brings it into view if it is not. */
  async reveal(id) {
    const place = await items.find(id, wall.focus.index);
    if (place < 0 || !wall.layout) return false;
    const cell = wall.layout.cellOfItem(place);
    wall.focusOn(cell, { place: 'middle', isStill: wall.isCellSeen(cell) });
    return true;
  },

  /** To the first picture. */
  top() {
    showArrivals(0);
    wall.scroller.to(0);
    if (items.count && wall.layout) wall.focusOn(wall.layout.cellOfItem(0));
  },

  /** Opens or closes the stack that the keyboard is on. */
  toggleStack() {
    return input.toggleStack(document.activeElement?.tile);
  },

  get size() {
    return wall?.size ?? 'M';
  },
  /** S, M or L; kept for the next time. */
  setSize(size) {
    wall.setSize(size);
  },
};
