// Where one picture stands in a list that changes under it, or stood before it went out of it: a rating can take a picture out of the
// search that found it, and who goes on from there means the picture that followed.

import { items } from './items.mjs';

/** How many neighbours on each side are known after the list has changed: several of them may have gone with it. */
const many = 60;

export class Standing {
  #id = null;
  #near = -1;
  #after = [];
  #before = [];
  #edition = null;
  #turn = 0;
  #end;

  /** `changed()` hears that the place is another one, or known again. */
  constructor(changed) {
    /** Its place in the list, from 0; -1 when it is not there. */
    this.index = -1;
    /** The place of what followed it, when it is no longer there; -1 when it is, or when nothing is known. */
    this.gap = -1;
    /** Resolves when the place in the present list is known. */
    this.ready = Promise.resolve();
    this.changed = changed;
    this.#end = items.onChange((change) => this.#listChanged(change));
  }

  /** Whether the place is that in the present list. */
  get isSettled() {
    return this.#edition === items.edition;
  }

  /** A picture whose place is known. */
  put(id, index) {
    if (items.peek(index)?.id !== id) {
      this.seek(id, index);
      return;
    }
    this.#begin(id, index);
    this.#take({ index, gap: -1 });
  }

  /** A picture that is looked for around a place; -1 when none is likely. Resolves when it is known. */
  seek(id, near) {
    this.#begin(id, near);
    this.#settle();
    return this.ready;
  }

  /** The place before it (-1) or behind it (1); null beyond the ends, or when nothing is known. */
  beside(by) {
    if (this.index < 0 && this.gap < 0) return null;
    const place = this.index >= 0 ? this.index + by : by > 0 ? this.gap : this.gap - 1;
    return place >= 0 && place < (items.count ?? 0) ? place : null;
  }

  #begin(id, near) {
    if (id !== this.#id) [this.#after, this.#before] = [[], []];
    this.#id = id;
    this.#near = near;
    this.#edition = null;
    this.#turn += 1;
    this.ready = Promise.resolve();
  }

  #take({ index, gap }) {
    [this.index, this.gap] = [index, gap];
    // A list that is not here yet has no places.
    if (items.count) this.#near = Math.max(index, gap);
    this.#edition = items.edition;
  }

  /** Looks for it in the present list: at once where its neighbours are here. */
  #settle() {
    const turn = this.#turn += 1;
    const edition = items.edition;
    const found = items.stand(this.#id, this.#near, this.#after, this.#before);
    if (!(found instanceof Promise)) {
      this.#take(found);
      this.ready = Promise.resolve();
      this.changed();
      return;
    }
    this.#edition = null;
    // What does not come, as when the server is away, is asked for again with the next list.
    this.ready = found.catch(() => ({ index: -1, gap: this.#near })).then((place) => {
      if (turn !== this.#turn) return this.ready;
      if (edition !== items.edition) {
        this.#settle();
        return this.ready;
      }
      this.#take(place);
      this.changed();
      return null;
    });
  }

  #listChanged({ kind, before }) {
    if (this.#id === null || kind === 'error' || kind === 'stale') return;
    if (kind === 'page') {
      // It may be among what has just come.
      if (this.index < 0 && this.isSettled && items.indexOf(this.#id) >= 0) this.#settle();
      return;
    }
    if (before && before === this.#edition) this.#remember(before);
    this.#settle();
  }

  /** Its neighbours in the list of before, the nearest first. */
  #remember(list) {
    const from = this.index >= 0 ? this.index + 1 : this.gap;
    const to = this.index >= 0 ? this.index - 1 : this.gap - 1;
    const known = (place, by) => {
      const ids = [];
      for (let item = list.peek(place); item && ids.length < many; item = list.peek(place += by)) ids.push(item.id);
      return ids;
    };
    this.#after = known(from, 1);
    this.#before = known(to, -1);
  }

  close() {
    this.#begin(null, -1);
    this.#end();
  }
}
