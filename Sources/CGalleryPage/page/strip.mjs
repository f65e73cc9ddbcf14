// The film strip: the neighbours of a picture in the list under the eye.

import { h, icon, replace } from './dom.mjs';
import { hasFailed, markFailed } from './loading.mjs';
import { nameOf, sizeOf, thumbnail } from './pictures.mjs';

const height = 60;
const gap = 4;
/** A cell is this wide on average; so many to both sides as fit are made. */
const usualWidth = 56;

const widthOf = (item) => {
  const { width, height: tall } = sizeOf(item);
  return Math.round(Math.min(Math.max(height * width / tall, 32), 140));
};

export class Strip {
  #cells = new Map();
  #index = -1;
  #turn = 0;

  /** `items` is the list; `open(index, item)` goes there; `link(item)` is the address of one. */
  constructor({ items, open, link }) {
    this.items = items;
    this.open = open;
    this.link = link;
    this.track = h('ol', { class: 'track' });
    this.element = h('nav', { class: 'strip', aria: { label: 'Neighbours' } }, this.track);
  }

  /** Centres the item with this index; the cells that stay are the same elements, so that nothing flashes. */
  async show(index) {
    this.#index = index;
    this.#turn += 1;
    const turn = this.#turn;
    this.element.hidden = index < 0;
    if (index < 0) return;
    const reach = Math.ceil(this.element.clientWidth / 2 / usualWidth) + 2;
    const wanted = [];
    for (let at = Math.max(0, index - reach); at <= index + reach && at < this.items.count; at += 1) wanted.push(at);
    for (const [at, cell] of this.#cells) {
      if (at < index - reach || at > index + reach || at >= this.items.count) {
        cell.element.remove();
        this.#cells.delete(at);
      }
    }
    for (const at of wanted) if (!this.#cells.has(at)) this.#cells.set(at, this.#cell(at));
    for (const at of wanted) {
      const { element } = this.#cells.get(at);
      const before = this.#cells.get(at - 1)?.element ?? null;
      if (
        before ? before.nextSibling !== element : this.track.firstChild !== element
      ) this.track.insertBefore(element, before ? before.nextSibling : this.track.firstChild);
    }
    this.#settle();
    await Promise.all(wanted.map(async (at) => {
      const item = await this.items.at(at);
      if (turn === this.#turn && item) this.#fill(at, item);
    }));
    if (turn === this.#turn) this.#settle();
  }

  #cell(at) {
    const link = h('a', {
      tabIndex: -1,
      on: {
        click: (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          const cell = this.#cells.get(at);
          if (cell?.item) this.open(at, cell.item);
        },
      },
    });
    return { element: h('li', {}, link), link, item: null, width: height };
  }

  #fill(at, item) {
    const cell = this.#cells.get(at);
    if (!cell || cell.item?.digest === item.digest) return;
    cell.item = item;
    cell.width = widthOf(item);
    cell.link.href = this.link(item);
    cell.link.style.width = `${cell.width}px`;
    cell.link.setAttribute('aria-label', nameOf(item).slice(0, 120));
    const mark = () => h('span', { class: 'gone' }, icon('close'));
    const src = thumbnail(item, 256);
    if (item.problem || hasFailed(src)) {
      replace(cell.link, mark());
      return;
    }
    const gone = (event) => {
      markFailed(src);
      event.target.replaceWith(mark());
    };
    replace(cell.link, h('img', { fetchPriority: 'low', src, alt: '', draggable: false, on: { error: gone } }));
  }

  #settle() {
    let left = 0;
    let middle = 0;
    for (const at of [...this.#cells.keys()].sort((a, b) => a - b)) {
      const cell = this.#cells.get(at);
      if (at === this.#index) middle = left + cell.width / 2;
      left += cell.width + gap;
      if (at === this.#index) cell.link.setAttribute('aria-current', 'true');
      else cell.link.removeAttribute('aria-current');
    }
    this.track.style.transform = `translateX(${Math.round(this.element.clientWidth / 2 - middle)}px)`;
  }
}
