// Rows and tiles that are drawn, used again for others: which cell is in which tile.

import { h } from './dom.mjs';
import { items } from './items.mjs';
import { selection } from './selection.mjs';
import { Tile } from './tiles.mjs';

/** The row before one, over headers. */
function rowBefore(element) {
  let before = element.previousElementSibling;
  while (before?.classList.contains('grid-section')) before = before.previousElementSibling;
  return before;
}

/** Has the rows that are drawn, by their number. Whoever draws has the `layout`, the `layer` and its `base`. */
export class Rows {
  rows = new Map();
  spareRows = [];
  spareTiles = [];

  /** Shows nothing: the list is empty. */
  clear() {
    for (const row of this.rows.values()) {
      this.free(row);
      row.element.remove();
    }
    this.rows.clear();
    this.sections.clear();
    this.layout = null;
    this.drawn = null;
  }

  take(number) {
    const row = this.spareRows.pop() ?? { element: h('div', { class: 'grid-row', role: 'row' }), tiles: [] };
    row.row = number;
    row.isNew = true;
    this.rows.set(number, row);
    return row;
  }

  free(row) {
    for (const tile of row.tiles) tile.clear();
    this.spareRows.push(row);
  }

  /** Puts the cells of a row into tiles: those that showed them before, else others. */
  bind(row, old) {
    const { layout } = this;
    const number = row.row;
    const from = layout.rowFirst[number];
    const to = layout.rowFirst[number + 1];
    const edges = layout.edges(number);
    const height = layout.rowHeight[number];
    const spare = row.tiles;
    row.isNew = false;
    row.element.style.top = `${layout.rowTop[number] - this.base}px`;
    row.element.style.height = `${height}px`;
    row.element.setAttribute('aria-rowindex', number + 1);
    const contents = [];
    for (let cell = from; cell < to; cell += 1) contents.push(this.contentOf(cell));
    row.tiles = contents.map(({ key }) => {
      const tile = old?.get(key) ?? null;
      if (tile) old.delete(key);
      return tile;
    });
    contents.forEach((content, place) => {
      const tile = row.tiles[place] ?? spare.pop() ?? this.spareTiles.pop() ?? new Tile();
      row.tiles[place] = tile;
      tile.put(this.side + edges[place], edges[place + 1] - edges[place] - layout.gap, height);
      tile.show(content);
      tile.index = content.index;
      tile.cell = from + place;
      tile.select(this.isSelected(tile));
      if (row.element.children[place] !== tile.element) {
        row.element.insertBefore(tile.element, row.element.children[place] ?? null);
      }
    });
    for (const tile of spare) {
      tile.clear();
      tile.element.remove();
      this.spareTiles.push(tile);
    }
    while (row.element.children.length > row.tiles.length) row.element.lastElementChild.remove();
    // In the order in which they are read.
    const before = this.rows.get(number - 1)?.element ?? this.sheet;
    if (rowBefore(row.element) !== before || !row.element.isConnected) {
      (before.isConnected ? before : this.sheet).after(row.element);
    }
  }

  contentOf(cell) {
    const index = this.layout.itemOfCell[cell];
    if (index < 0) {
      const run = this.pending[-index - 1];
      return { key: `run ${run.id}`, index, item: null, run, size: 1 };
    }
    const item = items.peek(index);
    const isOpen = this.open.has(index);
    let size = this.layout.sizeOfCell(cell);
    if (isOpen) { while (items.stacks[index + size] === 1) size += 1; }
    return {
      key: item?.id ?? `#${index}`,
      index,
      item,
      run: null,
      size,
      haveSeeds: size > 1 && this.haveSeeds(index, size),
      isOpen,
      isMember: !isOpen && items.stacks[index] === 1 && !this.seams.includes(index),
    };
  }

  /** Whether every picture of a stack has a seed of its own, as far as they are here. */
  haveSeeds(index, size) {
    const seeds = new Set();
    for (let place = index; place < index + size; place += 1) {
      const seed = items.peek(place)?.seed;
      if (!seed || seeds.has(seed)) return false;
      seeds.add(seed);
    }
    return true;
  }

  isSelected(tile) {
    if (!tile.item) return selection.isAll && tile.index >= 0;
    return selection.has(tile.item.id);
  }

  /** Shows what is selected now. */
  renderSelection() {
    this.element.classList.toggle('selecting', selection.count > 0);
    for (const row of this.rows.values()) for (const tile of row.tiles) tile.select(this.isSelected(tile));
  }

  tileOf(id) {
    if (id === null) return null;
    for (const row of this.rows.values()) for (const tile of row.tiles) if (tile.item?.id === id) return tile;
    return null;
  }

  tileAtCell(cell) {
    return this.rows.get(this.layout.rowOfCell(cell))?.tiles.find((tile) => tile.cell === cell) ?? null;
  }
}
