// What is selected: ids, in the order in which they were taken, and the anchor from which shift extends.

import { items } from './items.mjs';
import { toast } from './toasts.mjs';

const listeners = new Set();
let ids = new Set();
let anchor = null;
let anchorIndex = 0;
/** What the last range took, so that a range drawn shorter gives back. */
let ranged = new Set();
let isAll = false;
let turn = 0;

function tell() {
  for (const listener of listeners) listener(selection);
}

/**
 * Every picture there is, as a query. A request with an empty one is refused, as it may be a mistake; a person who
 * pressed Ctrl A saw how many are selected.
 */
const everything = 'kind:reference OR kind:generated';

/** More than this is selected as the query, not by its ids. */
const mostIds = 10_000;
/** Up to so many that are here are selected by their ids even when all of the query is. */
const mostListed = 100;

export const selection = {
  /** The ids; empty while the whole query is selected. */
  get ids() {
    return ids;
  },
  get anchor() {
    return anchor;
  },
  /** Whether all of the query is selected, whose ids are not known one by one. */
  get isAll() {
    return isAll;
  },
  get count() {
    return isAll ? items.count : ids.size;
  },
  has: (id) => isAll || ids.has(id),

  /** What a request is about: `{ids}`, or `{query}` when all of it is selected. */
  subject: () => (isAll ? { query: items.query.trim() || everything } : { ids: [...ids] }),

  /** Takes ids in, or out when all of them are selected; the first becomes the anchor. Several are a stack. */
  async toggle(some) {
    const list = [some].flat();
    if (!list.length) return;
    if (isAll && !await spellOut()) return;
    const isIn = list.every((id) => ids.has(id));
    for (const id of list) {
      if (isIn) ids.delete(id);
      else ids.add(id);
    }
    setAnchor(list[0]);
    tell();
  },

  /** Selects these and nothing else. */
  set(list) {
    turn += 1;
    ids = new Set(list);
    isAll = false;
    setAnchor(list[0] ?? null);
    tell();
  },

  /** Extends from the anchor to a place, over what is not loaded as well. */
  async range(to, toEnd = to) {
    const present = turn += 1;
    const found = anchor === null ? -1 : items.indexOf(anchor);
    const from = anchor === null ? to : found < 0 ? anchorIndex : found;
    try {
      const taken = await items.ids(Math.min(from, to), Math.max(from, toEnd));
      if (present !== turn) return;
      if (anchor === null) setAnchor(taken[0] ?? null);
      for (const id of ranged) ids.delete(id);
      ranged = new Set(taken.filter((id) => !ids.has(id) || id === anchor));
      for (const id of taken) ids.add(id);
      isAll = false;
      tell();
    } catch (error) {
      toast.error(error);
    }
  },

  /** Takes all from one place to another, or gives them back when all are selected: a day. */
  async span(from, to) {
    const present = turn += 1;
    try {
      const taken = await items.ids(from, to);
      if (present === turn) await selection.toggle(taken);
    } catch (error) {
      toast.error(error);
    }
  },

  /** Selects all of the query. */
  all() {
    turn += 1;
    if (!items.count) return;
    // A few that are here are selected one by one, so that what needs their ids, as Compare, can be done.
    const few = items.count <= mostListed && Array.from({ length: items.count }, (_, place) => items.peek(place)?.id);
    isAll = !few || few.includes(undefined);
    ids = new Set(isAll ? [] : few);
    ranged = new Set();
    tell();
  },

  clear() {
    turn += 1;
    if (!ids.size && !isAll) return;
    ids = new Set();
    isAll = false;
    setAnchor(null);
    tell();
  },

  /** Lets go of ids that are no longer there. */
  drop(gone) {
    const before = ids.size;
    for (const id of gone) ids.delete(id);
    // A range begins where the next one is taken.
    if (gone.includes(anchor)) setAnchor(null);
    if (ids.size !== before) tell();
  },

  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function setAnchor(id) {
  anchor = id;
  ranged = new Set();
  anchorIndex = id === null ? 0 : Math.max(0, items.indexOf(id));
}

/** Turns "all of the query" into its ids, so that one can be taken out. */
async function spellOut() {
  if (items.count > mostIds) {
    toast.error(
      new Error(`All ${items.count.toLocaleString()} pictures are selected: clear the selection first`),
    );
    return false;
  }
  const present = turn += 1;
  const all = await items.ids(0, items.count - 1);
  if (present !== turn) return false;
  ids = new Set(all);
  isAll = false;
  return true;
}
