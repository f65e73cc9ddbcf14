// One list: its timeline, which is known whole, and those pages of it that are here.

import { api } from './api.mjs';
import { ratioByte } from './layout.mjs';

/** How many pages of up to 500 items are kept: 8,000 items, about 15 MB. */
const keptPages = 16;

/** A timeline and the pages of it that are here. */
export class Book {
  constructor(query, timeline, isWhole = true) {
    this.query = query;
    this.isWhole = isWhole;
    this.count = timeline.count;
    this.order = timeline.order;
    this.position = timeline.position;
    this.days = timeline.days ?? [];
    this.ratios = timeline.ratios;
    this.stacks = timeline.stacks;
    this.segments = timeline.segments;
    this.starts = new Int32Array(this.segments.length + 1);
    this.segments.forEach((segment, number) => {
      this.starts[number + 1] = this.starts[number] + segment.count;
    });
    /** The items that came before the timeline, if any did. */
    this.first = [];
    this.pages = new Map();
    this.places = new Map();
    this.loading = new Map();
  }

  segmentOf(index) {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  peek(index) {
    if (index < 0 || index >= this.count) return null;
    const segment = this.segmentOf(index);
    return this.pages.get(segment)?.[index - this.starts[segment]] ?? null;
  }

  /** Puts a page in its place; the one unseen for longest goes. */
  keep(segment, page) {
    this.pages.delete(segment);
    this.pages.set(segment, page);
    page.forEach((item, offset) => this.places.set(item.id, this.starts[segment] + offset));
    while (this.pages.size > keptPages) this.forget(this.pages.keys().next().value);
  }

  forget(segment) {
    for (const item of this.pages.get(segment) ?? []) {
      if (this.segmentOf(this.places.get(item.id) ?? -1) === segment) this.places.delete(item.id);
    }
    this.pages.delete(segment);
  }

  /**
   * Whether the first page begins with the items that came before the timeline. The first segment has no cursor: what arrived or went since
   * would shift all places, and comes with the next timeline.
   */
  isAsKnown(page) {
    return this.first.every(({ id }, index) => page[index]?.id === id);
  }

  /** Loads a segment. `isWanted` may be cancelled when it is scrolled past. */
  load(segment, isWanted = false) {
    const page = this.pages.get(segment);
    if (page) {
      // Seen now, so the last to be forgotten.
      this.pages.delete(segment);
      this.pages.set(segment, page);
      return Promise.resolve(page);
    }
    const present = this.loading.get(segment);
    if (present) {
      present.isWanted &&= isWanted;
      return present.promise;
    }
    const controller = new AbortController();
    const { after, count } = this.segments[segment];
    const entry = { controller, isWanted };
    entry.promise = api.get('pictures', { q: this.query, after, limit: count }, { signal: controller.signal })
      .then(({ items }) => {
        const page = items.slice(0, count);
        if (segment > 0 || this.isAsKnown(page)) this.keep(segment, page);
        return page;
      })
      .finally(() => {
        if (this.loading.get(segment) === entry) this.loading.delete(segment);
      });
    this.loading.set(segment, entry);
    return entry.promise;
  }

  close() {
    for (const { controller } of this.loading.values()) controller.abort();
  }
}

function bytes(text) {
  const letters = atob(text);
  const result = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) result[i] = letters.charCodeAt(i);
  return result;
}

/** Base64 of megabytes: the browser's own decoder where it has one. */
const decode = (text) => (Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : bytes(text));

/** The timeline of a query. */
export async function timelineOf(query, signal) {
  const answer = await api.get('timeline', { q: query }, { signal });
  return { ...answer, ratios: decode(answer.ratios), stacks: decode(answer.stacks) };
}

/** The day of a moment in the person's zone, as the timeline names it. */
export function dayOf(moment) {
  const date = new Date(moment);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A timeline of the first items, so that they are seen before all are counted; the same bytes that the server would say. */
export function beginning(page) {
  const days = [];
  const stacks = new Uint8Array(page.length);
  const ratios = Uint8Array.from(
    page,
    (item) => ratioByte(item.display_width ?? item.width, item.display_height ?? item.height),
  );
  page.forEach((item, index) => {
    const day = dayOf(item.created_at);
    const before = page[index - 1];
    if (days.at(-1)?.day === day) {
      days.at(-1).count += 1;
      if (item.run && before.run && item.prompt && item.prompt === before.prompt) stacks[index] = 1;
    } else {
      days.push({ day, count: 1 });
    }
  });
  return {
    count: page.length,
    order: '-created',
    days,
    ratios,
    stacks,
    segments: [{ after: null, count: page.length }],
  };
}
