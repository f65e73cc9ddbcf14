// What of the grid is on the screen: rows and tiles for the part of the layout that is seen and a little more, used again while it moves.

import { h } from './dom.mjs';
import { dayOf } from './book.mjs';
import { items } from './items.mjs';
import { layOut } from './layout.mjs';
import { Rows } from './rows.mjs';
import { Scroller } from './scroller.mjs';
import { Scrubber } from './scrubber.mjs';
import { Sections } from './sections.mjs';
import { selection } from './selection.mjs';

/** Heights of rows by choice, in px: wide, and on a narrow screen, where two or three stand beside each other. */
const targets = { wide: { S: 188, M: 224, L: 260 }, narrow: { S: 104, M: 150, L: 230 } };
/** Faster than this, in px per ms, nothing is asked for: it would be gone before it is seen. */
const tooFastForItems = 24;
const tooFastForPictures = 10;
/** A day's header, in px, as in grid.css. */
export const header = 44;

export class Wall extends Rows {
  constructor(element, onIdle) {
    super();
    this.onIdle = onIdle;
    this.sheet = h('div', { class: 'grid-sheet' });
    this.layer = h('div', { class: 'grid-layer' }, this.sheet);
    this.space = h('div', { class: 'grid-space' }, this.layer);
    this.element = h('div', {
      class: 'grid-scroll',
      role: 'grid',
      tabIndex: -1,
      aria: { label: 'Pictures', multiselectable: 'true' },
    }, this.space);
    this.scrubber = new Scrubber((y) => this.scroller.to(y));
    element.append(this.element, this.scrubber.element);
    this.scroller = new Scroller(this.element, this.space, {
      onMove: () => this.moved(),
      onShift: () => this.shifted(),
      onIdle: () => this.idle(),
    });
    this.sections = new Sections();
    this.openStacks = new Map();
    this.pending = [];
    /** What lies before each of these items came while that behind it was looked at, and stands in rows of its own. */
    this.seams = [];
    /** What the keyboard is on: an id, and its place while the id is not known. */
    this.focus = { id: null, index: 0 };
    this.base = 0;
    this.size = localStorage.getItem('size') ?? 'M';
    this.layout = null;
    new ResizeObserver(() => this.resized()).observe(this.element);
  }

  get isNarrow() {
    return this.element.clientWidth < 600;
  }

  /** Lays out what `items` has now. `hold`, `{place, offset}`, is the item that is to be at `offset` px below the top. */
  arrange(hold = null) {
    const full = this.element.clientWidth;
    if (!full) return;
    const side = this.isNarrow ? 4 : 16;
    const view = this.element.clientHeight;
    const open = new Set();
    for (const [id, index] of this.openStacks) {
      const place = items.indexOf(id);
      open.add(place < 0 ? index : place);
      if (place >= 0) this.openStacks.set(id, place);
    }
    const target = targets[this.isNarrow ? 'narrow' : 'wide'][this.size] ?? targets.wide.M;
    this.side = side;
    this.target = target;
    this.open = open;
    this.layout = layOut({
      ratios: items.ratios,
      stacks: items.stacks,
      days: this.daysWithPending(),
      open,
      pending: this.pending.map(({ ratio }) => ratio),
      width: full - 2 * side,
      target,
      header,
      after: this.isNarrow ? 8 : 16,
      top: items.days.length ? 4 : 12,
      bottom: this.isNarrow ? 120 : 96,
      isOpenEnd: !items.isReady,
      seams: new Set(this.seams),
    });
    this.element.setAttribute('aria-rowcount', this.layout.rowCount);
    this.space.classList.toggle('far', this.layout.height > 20 * view);
    this.space.style.setProperty('--row', `${target}px`);
    this.base = this.scroller.y;
    this.scroller.resize(this.layout.height, view);
    if (items.isReady) this.scrubber.take(this.layout, items.isByTime, view, items.count);
    if (hold) {
      const cell = this.layout.cellOfItem(Math.min(hold.place, items.count - 1));
      const row = this.layout.rowOfCell(cell);
      this.scroller.y = Math.max(0, Math.min(this.scroller.most, (this.layout.rowTop[row] ?? 0) - hold.offset));
      this.scroller.settle();
    }
    this.rebase();
    this.render(true);
    this.scrubber.update(this.scroller.y);
  }

  /** Makes room for `added` items in front, of which `own` says whether they stand in rows of their own. */
  makeRoom(added, own) {
    const [front] = this.seams;
    const isSeen = front > 0 &&
      this.layout?.rowTop[this.layout.rowOfCell(this.layout.cellOfItem(front))] > this.scroller.y;
    this.seams = this.seams.map((seam) => seam + added);
    if (own && (front === undefined || isSeen)) this.seams.unshift(added);
  }

  /** What is being made today stands in today's section, which there is then. */
  daysWithPending() {
    const { days } = items;
    if (!this.pending.length || !items.isByTime) return days;
    const today = dayOf(Date.now());
    return days[0]?.day === today ? days : [{ day: today, count: 0 }, ...days];
  }

  resized() {
    const width = this.element.clientWidth;
    const view = this.element.clientHeight;
    if (!width || !this.layout || (width === this.lastWidth && view === this.lastView)) return;
    if (width !== this.lastWidth) this.seams = [];
    [this.lastWidth, this.lastView] = [width, view];
    // Through several widths it is the same one, so that the first width finds everything where it was.
    const kept = this.held?.y === this.scroller.y ? this.held.first : this.seen()[0];
    this.arrange(kept && this.scroller.y > 0 ? { place: kept.index, offset: kept.offset } : null);
    this.held = { first: kept, y: this.scroller.y };
  }

  /** A size of rows, S, M or L; what is seen stays. */
  setSize(size) {
    if (size === this.size || !targets.wide[size]) return;
    this.size = size;
    this.seams = [];
    localStorage.setItem('size', size);
    const [first] = this.seen();
    this.arrange(first && { place: first.index, offset: first.offset });
  }

  /**
   * Items under the eye, `{id, index, offset}`, that which is to stay where it is first: that with the focus, or else the first of the row
   * whose top is nearest to a third of the window; then its neighbours in the row, those behind and those before it. `own` is for what this
   * page did itself: what has the focus goes or comes back then, and the first row that is whole stays where it is.
   */
  seen(own = false) {
    const { layout, scroller } = this;
    if (!layout?.rowCount || !items.count) return [];
    const { y, view } = scroller;
    const seen = [];
    for (let row = layout.rowAt(y); row < layout.rowCount && layout.rowTop[row] < y + view; row += 1) {
      if (layout.rowTop[row] + layout.rowHeight[row] <= y) continue;
      for (let cell = layout.rowFirst[row]; cell < layout.rowFirst[row + 1]; cell += 1) {
        const index = layout.itemOfCell[cell];
        if (index >= 0) seen.push({ id: items.peek(index)?.id ?? null, index, offset: layout.rowTop[row] - y });
      }
    }
    if (own) {
      const first = Math.max(0, seen.findIndex(({ offset }) => offset >= 0));
      return [...seen.slice(first), ...seen.slice(0, first).toReversed()];
    }
    const place = this.focus.id === null ? -1 : items.indexOf(this.focus.id);
    const focused = place < 0 ? -1 : layout.itemOfCell[layout.cellOfItem(place)];
    let eye = seen.findIndex(({ index }) => index === focused);
    if (eye < 0) {
      const away = ({ offset }) => Math.abs(offset - scroller.view / 3);
      eye = seen.reduce((best, one, at) => (away(one) < away(seen[best]) ? at : best), 0);
    }
    const before = seen.slice(0, eye).toReversed();
    const isBeside = ({ offset }) => offset === seen[eye]?.offset;
    return [...seen.slice(eye, eye + 1), ...before.filter(isBeside), ...seen.slice(eye + 1),
      ...before.filter((one) => !isBeside(one))];
  }

  get hasFocus() {
    return this.layer.contains(document.activeElement);
  }

  moved() {
    this.element.classList.add('moving');
    if (Math.abs(this.scroller.y - this.base) > 500_000) this.rebase();
    this.render();
    this.scrubber.update(this.scroller.y);
  }

  shifted() {
    this.layer.style.top = `${this.base - this.scroller.shift}px`;
    this.sections.nudge();
  }

  /** Rows lie relative to a place near the eye: small numbers are exact ones. */
  rebase() {
    this.base = Math.round(this.scroller.y);
    this.shifted();
    this.drawn = null;
    for (const row of this.rows.values()) row.element.style.top = `${this.layout.rowTop[row.row] - this.base}px`;
  }

  idle() {
    this.element.classList.remove('moving');
    this.ask();
    this.onIdle();
  }

  /** Draws what is seen; `again` when places or items may have changed. */
  render(again = false) {
    const { layout, scroller } = this;
    if (!layout) return;
    const { y, view, velocity } = scroller;
    const more = velocity > tooFastForPictures ? view * 0.4 : view * 0.8;
    const first = layout.rowCount ? layout.rowAt(y - more) : 0;
    const last = layout.rowCount ? layout.rowAt(y + view + more) : -1;
    const isSame = this.drawn && this.drawn.first === first && this.drawn.last === last;
    if (isSame && !again) return;
    this.drawn = { first, last };
    // Tiles keep their pictures when only their places change.
    const old = again ? new Map() : null;
    const focused = this.hasFocus ? document.activeElement : null;
    for (const [number, row] of this.rows) {
      if (again) {
        for (const tile of row.tiles) {
          if (old.has(tile.key)) this.spareTiles.push(tile);
          else old.set(tile.key, tile);
        }
        row.tiles = [];
      }
      if (number >= first && number <= last && number < layout.rowCount) continue;
      // What has the focus stays, or the keyboard would be lost.
      if (!again && focused && row.element.contains(focused)) continue;
      this.rows.delete(number);
      this.free(row);
    }
    for (let number = first; number <= last; number += 1) {
      const row = this.rows.get(number) ?? this.take(number);
      if (again || row.isNew) this.bind(row, old);
    }
    if (again) {
      for (const row of this.rows.values()) {
        if (row.row < first || row.row > last) {
          this.rows.delete(row.row);
          this.free(row);
        }
      }
      for (const tile of old.values()) {
        tile.clear();
        tile.element.remove();
        this.spareTiles.push(tile);
      }
    }
    for (const row of this.spareRows) if (row.element.isConnected) row.element.remove();
    if (this.spareTiles.length > 200) this.spareTiles.length = 200;
    this.sections.draw(this, first, last);
    if (last >= first) {
      const from = first === 0 ? 0 : layout.rowTop[first] - layout.gap;
      const to = last + 1 < layout.rowCount ? layout.rowTop[last + 1] : layout.height;
      this.sheet.style.top = `${from - this.base}px`;
      this.sheet.style.height = `${to - from}px`;
    }
    this.rove();
    if (focused && !focused.isConnected || focused && again && document.activeElement !== focused) {
      this.restoreFocus(focused);
    }
    this.ask();
  }

  restoreFocus(focused) {
    const tile = this.tileOf(this.focus.id) ?? (focused.isConnected ? focused.tile : null);
    tile?.element.focus({ preventScroll: true });
  }

  /** Asks for items and pictures where it is slow enough to see them, what is seen first. */
  ask() {
    const { layout, scroller } = this;
    if (!layout?.rowCount || !this.drawn) return;
    if (scroller.velocity > tooFastForItems) {
      items.rest();
      return;
    }
    const { first, last } = this.drawn;
    const itemOf = (cell) => Math.max(0, layout.itemOfCell[Math.min(cell, layout.cellCount - 1)]);
    items.want(itemOf(layout.rowFirst[first]), itemOf(layout.rowFirst[last + 1] - 1));
    if (scroller.velocity > tooFastForPictures || this.isHeld) return;
    const isSeen = ({ row }) =>
      layout.rowTop[row] < scroller.y + scroller.view && layout.rowTop[row] + layout.rowHeight[row] > scroller.y;
    const rows = [...this.rows.values()].sort((a, b) => isSeen(b) - isSeen(a) || a.row - b.row);
    for (const row of rows) for (const tile of row.tiles) tile.load();
  }

  /** Other pictures come: those that are still on their way keep nothing waiting, and the places are seen before the new ones are asked for. */
  hurry() {
    for (const row of this.rows.values()) for (const tile of row.tiles) tile.rest();
    this.isHeld = true;
  }

  /** Asks for pictures again after the next frame. */
  release() {
    if (!this.isHeld) return;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.isHeld = false;
        this.ask();
      })
    );
  }

  /** The cell that the keyboard is on; of a closed stack, the stack's. */
  get focusCell() {
    const place = this.focus.id === null ? -1 : items.indexOf(this.focus.id);
    if (place >= 0) this.focus.index = place;
    return this.layout.cellOfItem(Math.max(0, Math.min(items.count - 1, this.focus.index)));
  }

  isCellSeen(cell) {
    const row = this.layout.rowOfCell(cell);
    const top = this.layout.rowTop[row];
    return top + this.layout.rowHeight[row] > this.scroller.y + 8 && top < this.scroller.y + this.scroller.view - 8;
  }

  /** One tile is in the order of Tab: that with the focus, else the first that is seen. */
  rove() {
    const { layout } = this;
    let chosen = null;
    if (layout.rowCount && items.count) chosen = this.tileAtCell(this.focusCell);
    if (!chosen || !this.isCellSeen(chosen.cell)) {
      const row = layout.rowCount && this.rows.get(layout.rowAt(this.scroller.y + header));
      chosen = (chosen && this.hasFocus) ? chosen : row?.tiles[0] ?? chosen;
    }
    for (const row of this.rows.values()) {
      for (const tile of row.tiles) {
        tile.element.tabIndex = tile === chosen ? 0 : -1;
      }
    }
  }

  /** Puts the keyboard on a cell and, unless `isStill`, brings it into view with the least movement. */
  focusOn(cell, { place = null, isStill = false } = {}) {
    const { layout } = this;
    const index = layout.itemOfCell[cell];
    this.focus = { id: index < 0 ? null : items.peek(index)?.id ?? null, index: Math.max(0, index) };
    if (!isStill) this.bring(cell, place);
    this.render();
    this.rove();
    const tile = this.tileAtCell(cell);
    tile?.element.focus({ preventScroll: true });
  }

  /** Scrolls the least that shows a cell whole; `place` 'middle' puts it there when it is not in view. */
  bring(cell, place = null) {
    const { layout, scroller } = this;
    const row = layout.rowOfCell(cell);
    const top = layout.rowTop[row];
    const height = layout.rowHeight[row];
    const above = layout.header ? header : 8;
    const isFirst = row === 0 || layout.sectionOfRow(row) !== layout.sectionOfRow(row - 1);
    const low = row === 0 ? 0 : top - (isFirst ? above + 4 : above);
    const high = top + height + (selection.count ? (this.isNarrow ? 112 : 80) : 12) - scroller.view;
    if (low >= scroller.y && high <= scroller.y) return;
    if (scroller.y >= high && scroller.y <= low) return;
    if (place === 'middle') scroller.to(top - (scroller.view - height) / 2);
    else if (scroller.y > low) scroller.to(low);
    else if (scroller.y < high) scroller.to(Math.min(high, low));
  }
}
