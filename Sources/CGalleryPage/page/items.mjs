// The list under the eye: every answer of the query by its place, loaded a segment at a time where it is looked at.
//
// The timeline (ratios, stacks, days, segments) is known for all of them at once; the items themselves come in pages and are forgotten again,
// the longest unseen first. A place is an index from 0; it belongs to the present timeline and moves when pictures come or go, so whoever
// keeps something keeps ids.

import { api } from './api.mjs';
import { beginning, Book, timelineOf } from './book.mjs';

/** How many pages are asked for at a time. */
const atATime = 2;
/** How far from where it was a picture is looked for after a change, in segments. */
const reach = 4;
/** How many come with the first answer, before the timeline: as many as the window shows, a picture taking 40,000 square px or more. */
const firstCount = () => Math.max(24, Math.min(100, Math.ceil((innerWidth * innerHeight) / 40_000)));
/** A query that has an order of its own, or may have one. */
const hasOrder = /\b(sort|order|limit|set|like):|@/i;
/** How long pictures beyond those of the first answer can wait, in ms: while a person types, another query is near. */
const patience = 400;
/** How long all the others can wait, in ms, when the list was another one before: as long as a fast typist takes for a letter. */
const timelinePause = 80;

const nothing = () =>
  new Book('', { count: 0, days: [], ratios: new Uint8Array(0), stacks: new Uint8Array(0), segments: [] }, false);
let book = nothing();
let wanted = [];
let turn = null;
let later = 0;
/** What was here and went: when it comes back, as by an undo, it is no arrival. The newest last. */
const departed = new Set();
const mostDeparted = 1000;
const listeners = new Set();

function tell(change) {
  for (const listener of listeners) listener(change);
}

/** Asks for the pages that are wanted, the newest request first; what was asked for and is wanted no more is cancelled. */
function work() {
  const present = book;
  for (const [segment, entry] of present.loading) {
    if (entry.isWanted && !wanted.includes(segment)) {
      present.loading.delete(segment);
      entry.controller.abort();
    }
  }
  for (const segment of wanted) {
    if (present.loading.size >= atATime) return;
    if (present.pages.has(segment) || present.loading.has(segment)) continue;
    present.load(segment, true)
      .then(() => {
        if (present !== book) return;
        if (!present.pages.has(segment)) {
          tell({ kind: 'stale' });
          return;
        }
        tell({ kind: 'page', from: present.starts[segment], to: present.starts[segment + 1] });
        work();
      })
      .catch((error) => {
        if (error.name !== 'AbortError' && present === book) tell({ kind: 'error', error });
      });
  }
}

/** Finds one of several ids near where they were, in another timeline. */
async function locate(next, sought, hints) {
  const tried = new Set();
  for (let distance = 0; distance <= reach; distance += 1) {
    for (const hint of hints) {
      for (const segment of new Set([next.segmentOf(hint) - distance, next.segmentOf(hint) + distance])) {
        if (segment < 0 || segment >= next.segments.length || tried.has(segment)) continue;
        tried.add(segment);
        await next.load(segment);
        const found = sought.find(({ id }) => next.places.has(id));
        if (found) return { ...found, place: next.places.get(found.id) };
      }
    }
  }
  return null;
}

/**
 * Where a picture stands in a list, or would stand: before the first of those that followed it, else behind the last of those before it; null
 * when none of them is here. `needs` is a place on which it depends and which is not here.
 */
function standIn(list, id, after, before) {
  const own = list.places.get(id);
  if (own !== undefined) return { index: own, gap: -1, needs: -1 };
  const beside = (ids, step) => {
    const nearest = ids.find((one) => list.places.has(one));
    if (nearest === undefined) return null;
    // Nearer ones may be there whose page was not here when the first was found.
    const known = new Set(ids);
    let place = list.places.get(nearest);
    while (known.has(list.peek(place + step)?.id)) place += step;
    const next = place + step;
    const isKnown = next < 0 || next >= list.count || list.peek(next) !== null;
    return { index: -1, gap: step < 0 ? place : place + 1, needs: isKnown ? -1 : next };
  };
  return beside(after, -1) ?? beside(before, 1);
}

/** Whether what came stands before all that was there: by the first picture where it is known, and by the shapes of the next thousands. */
function isSameBehind(before, next, added) {
  const [first, behind] = [before.peek(0), next.peek(added)];
  if (first && behind && first.id !== behind.id) return false;
  const many = Math.min(before.count, 5000);
  for (let i = 0; i < many; i += 1) if (before.ratios[i] !== next.ratios[i + added]) return false;
  return true;
}

/** Notes what went from the pages that are here, and says whether anything of the next list went before and is back. */
function isReturn(before, next) {
  let isBack = false;
  for (const id of next.places.keys()) isBack = departed.delete(id) || isBack;
  for (const [segment, page] of before.pages) {
    // What is missing between two that are here has gone; at the edge of a page it may only have moved to the next one.
    let between = segment === 0 ? [] : null;
    for (const { id } of page) {
      if (next.places.has(id)) {
        for (const gone of between ?? []) departed.add(gone);
        between = [];
      } else between?.push(id);
    }
    if (before.starts[segment + 1] === before.count) for (const gone of between ?? []) departed.add(gone);
  }
  for (const id of departed) if (departed.size > mostDeparted) departed.delete(id);
  return isBack;
}

/** Whether a list looks as the present one does. */
function isShownAs(next) {
  const isSame = (one, other) => one.length === other.length && one.every((value, at) => value === other[at]);
  return book.isWhole && book.query === next.query && book.order === next.order && isSame(book.ratios, next.ratios) &&
    isSame(book.stacks, next.stacks) && book.days.length === next.days.length &&
    book.days.every(({ day, count }, at) => day === next.days[at].day && count === next.days[at].count);
}

const clamp = (index, count) => Math.max(0, Math.min(count - 1, index));

export const items = {
  get query() {
    return book.query;
  },
  get count() {
    return book.count;
  },
  get order() {
    return book.order;
  },
  get days() {
    return book.days;
  },
  get ratios() {
    return book.ratios;
  },
  get stacks() {
    return book.stacks;
  },
  get position() {
    return book.position;
  },
  /** False until the first timeline is here. */
  get isReady() {
    return book.isWhole;
  },
  get isByTime() {
    return book.order === '-created' || book.order === 'created';
  },

  /** The item at a place: at once when it is here, else a promise; null beyond the ends. */
  at(index) {
    if (!(index >= 0 && index < book.count)) return null;
    const here = book.peek(index);
    if (here) return here;
    const present = book;
    const segment = present.segmentOf(index);
    return present.load(segment).then((page) => page[index - present.starts[segment]] ?? null);
  },

  /** The item at a place if it is here, else null. */
  peek: (index) => book.peek(index),

  /** The place of an id among what is here; -1 when it is not. */
  indexOf: (id) => book.places.get(id) ?? -1,

  /** The place of an id, which is looked for around `near` when it is not here; -1 when it is not found there. */
  async find(id, near = 0) {
    if (book.places.has(id)) return book.places.get(id);
    if (!book.count) return -1;
    return (await locate(book, [{ id }], [clamp(near, book.count)]))?.place ?? -1;
  },

  /** Names the present list: another one has another name, and other places. */
  get edition() {
    return book;
  },

  /**
   * Where a picture stands, `{index}`, or stood, `{gap}`, the place of what followed it; -1 for what is not known. `after` and `before` are the
   * ids that were beside it, the nearest first. At once when it can be told from what is here, else a promise.
   */
  stand(id, near, after = [], before = []) {
    const present = book;
    const nowhere = { index: -1, gap: near < 0 ? -1 : Math.min(near, present.count) };
    const look = () => standIn(present, id, after, before);
    const here = look();
    if (!present.count || here?.needs === -1) return here ?? nowhere;
    return (async () => {
      const sought = [id, ...after, ...before].map((one) => ({ id: one }));
      if (!here) await locate(present, sought, [clamp(Math.max(near, 0), present.count)]);
      let found = look();
      for (let tries = 0; tries < 4 && found && found.needs >= 0; tries += 1) {
        await present.load(present.segmentOf(found.needs));
        found = look();
      }
      return found ?? nowhere;
    })();
  },

  /** The item behind one, or before it with `step` -1; null at the ends. Cheap to ask: neighbours are mostly here. */
  async beside(id, step) {
    const index = await items.find(id);
    return index < 0 ? null : items.at(index + step);
  },
  next: (id) => items.beside(id, 1),
  previous: (id) => items.beside(id, -1),

  /** The ids from one place to another, both included. Places that are not here are asked for, a segment at a time. */
  async ids(from, to) {
    const present = book;
    const ids = [];
    for (let index = from; index <= to && present.peek(index); index += 1) ids.push(present.peek(index).id);
    if (ids.length === to - from + 1) return ids;
    ids.length = 0;
    for (
      let segment = present.segmentOf(from);
      segment < present.segments.length && present.starts[segment] <= to;
      segment += 1
    ) {
      const page = await present.load(segment);
      const start = present.starts[segment];
      for (const item of page.slice(Math.max(0, from - start), to - start + 1)) ids.push(item.id);
    }
    return ids;
  },

  /** Says which places are looked at: they are loaded, the middle first, and what lies elsewhere is no longer asked for. */
  want(from, to) {
    if (!book.count) return;
    const first = book.segmentOf(clamp(from, book.count));
    const last = book.segmentOf(clamp(to, book.count));
    const middle = book.segmentOf(clamp((from + to) >> 1, book.count));
    const all = [];
    for (let segment = first; segment <= last; segment += 1) all.push(segment);
    wanted = all.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    clearTimeout(later);
    const isHere = all.length === 1 && book.peek(clamp(from, book.count)) && book.peek(clamp(to, book.count));
    if (isHere && !book.pages.has(first)) later = setTimeout(work, patience);
    else work();
  },

  /** Wants nothing: it moves too fast to be seen. */
  rest() {
    clearTimeout(later);
    wanted = [];
    work();
  },

  /**
   * Takes another query. `near`, `{id, index}`, is what is to be seen: it is found before anyone is told. Tells `{kind: 'query'}` once for
   * the first pictures and once for all.
   */
  async load(query, near = null) {
    turn?.abort();
    const { signal } = turn = new AbortController();
    book.close();
    wanted = [];
    clearTimeout(later);
    let first = null;
    const many = firstCount();
    // The first pictures are seen before all are counted, where they are surely those of the timeline: in order of time.
    if (!near && !hasOrder.test(query)) {
      first = await api.get('pictures', { q: query, limit: many }, { signal }).then(({ items: page }) => page);
    }
    if (signal.aborted) return false;
    if (first) {
      const wasEmpty = book.count === 0 && !book.isWhole;
      const before = book;
      book = new Book(query, beginning(first), first.length < many);
      book.keep(0, first);
      tell({ kind: 'query', before });
      if (!wasEmpty) await new Promise((resolve) => setTimeout(resolve, timelinePause));
      if (signal.aborted) return false;
    }
    const next = new Book(query, await timelineOf(query, signal));
    let place = -1;
    if (near && next.count) {
      const index = clamp(near.index ?? 0, next.count);
      const found = near.id === null ? null : await locate(next, [near], [index]).catch(() => null);
      // What is gone leaves its place to its neighbour.
      place = found?.place ?? (near.index === undefined ? -1 : index);
    } else if (first && next.segments.length <= 1 && first.length === next.count) {
      if (next.count) next.keep(0, first);
      if (!signal.aborted && isShownAs(next)) {
        book = next;
        return true;
      }
    } else if (first && next.count) {
      // The first tiles keep their pictures while the whole segment comes.
      next.first = first;
      next.places = new Map(first.map((item, index) => [item.id, index]));
      next.peek = function (index) {
        return Book.prototype.peek.call(this, index) ?? first[index] ?? null;
      };
    }
    if (signal.aborted) return false;
    const before = book;
    book = next;
    tell({ kind: 'query', place, before });
    return true;
  },

  /** Has nothing of a query whose answer did not come. */
  forget(query) {
    book.close();
    wanted = [];
    book = nothing();
    book.query = query;
    tell({ kind: 'forgotten' });
  },

  /**
   * Takes the timeline as it is now. `seen` are the items under the eye, `{id, index}`, the one to hold on to first; tells
   * `{kind: 'timeline', anchor, added, isFront, isBack}` where `anchor` has the `place` of the first that is still there, after its neighbours are loaded.
   */
  async refresh(seen = [], others = null) {
    const before = book;
    if (!before.isWhole) return;
    turn?.abort();
    const { signal } = turn = new AbortController();
    const [timeline, extra] = await Promise.all([timelineOf(before.query, signal), others?.()]);
    const next = new Book(before.query, timeline);
    const added = next.count - before.count;
    let anchor = null;
    if (seen.length && next.count) {
      const { index } = seen[0];
      anchor = await locate(next, seen, [clamp(index + Math.max(added, 0), next.count), clamp(index, next.count)]);
      const shift = anchor ? anchor.place - anchor.index : 0;
      const indices = seen.map((one) => clamp(one.index + shift, next.count));
      const last = next.segmentOf(Math.max(...indices));
      for (let segment = next.segmentOf(Math.min(...indices)); segment <= last; segment += 1) await next.load(segment);
    }
    if (signal.aborted || book !== before) {
      next.close();
      return;
    }
    before.close();
    wanted = [];
    book = next;
    const isBack = isReturn(before, next);
    const isFront = added > 0 && !isBack && isSameBehind(before, next, added);
    tell({ kind: 'timeline', before, anchor, added, extra, isFront, isBack });
  },

  /** Loads again what is here of some pictures, by digest or id: something about them changed and not their places. */
  async touch(names) {
    const present = book;
    const changed = new Set(names);
    for (const [segment, page] of [...present.pages]) {
      if (!page.some((item) => [item.id, item.digest, item.run].some((name) => changed.has(name)))) continue;
      const { after, count } = present.segments[segment];
      const answer = await api.get('pictures', { q: present.query, after, limit: count });
      if (present !== book) return;
      present.keep(segment, answer.items.slice(0, count));
      tell({ kind: 'page', from: present.starts[segment], to: present.starts[segment + 1] });
    }
  },

  /** Shows at once what a request is about to make true, such as `{rating: 3}`. */
  update(ids, fields) {
    for (const id of ids) {
      const item = book.peek(book.places.get(id) ?? -1);
      if (item) Object.assign(item, fields);
    }
    tell({ kind: 'page', from: 0, to: book.count });
  },

  /** Hears of `{kind}`: `query` (another list), `timeline` (places moved; both with the list of `before`), `page` (`from` to `to` are here), `stale` (something came or went since), `forgotten`, `error`. */
  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
