// Where every tile lies: justified rows in sections, from the ratios alone. Pure and exact, so that a million pictures have their places
// before one of them is asked for, and a place never changes because a picture came.
//
// A cell is what a tile shows: an item, the first item of a closed stack, or a run that is not done (cells before the first item).
// Everything is in typed arrays, one element a cell, row or section; about 20 ms and 12 MB for a million items.

/** Width by height that a byte of the timeline means: 2^((byte − 128) ∕ 32). */
export const ratioOf = (byte) => 2 ** ((byte - 128) / 32);

/** The byte of a width and a height, as the server makes it. */
export const ratioByte = (width, height) =>
  Math.max(0, Math.min(255, Math.round(Math.log2(width / height) * 32) + 128));

// A strip of 1 by 30,000 is shown cut: a tile must be wide enough to be hit and low enough to leave others a place.
const narrowest = 0.36;
const widest = 5;
const shown = Float64Array.from({ length: 256 }, (_, byte) => Math.max(narrowest, Math.min(widest, ratioOf(byte))));

/** The width by height of a tile. */
export const shownRatio = (byte) => shown[byte];

/**
 * Lays out items.
 *
 * `ratios` and `stacks` are those of the timeline; `days` counts the items of each section (empty: one section without a header);
 * `open` holds the first index of each stack that is open; `pending` the ratio bytes of what is being made, which stand first.
 * With `isOpenEnd` more items follow that are not known yet: a last row that is not full is left out, since it will be another.
 * A row ends before each item of `seams`: what came after the rest was laid out stands in rows of its own, and the rest stays.
 * `width` is what rows fill, in px; rows are near `target` high; sections begin with `header` px and end with `after` px.
 */
export function layOut({
  ratios,
  stacks,
  days = [],
  open = new Set(),
  pending = [],
  width,
  target,
  gap = 4,
  header = 48,
  after = 8,
  top = 0,
  bottom = 0,
  isOpenEnd = false,
  seams = new Set(),
}) {
  const count = ratios.length;
  const first = pending.length;
  const cells = first + count;
  // Rows are at most as many as cells; these are cut to length at the end.
  const itemOfCell = new Int32Array(cells);
  let rowFirst = new Int32Array(1024);
  let rowTop = new Float64Array(1024);
  let rowHeight = new Float32Array(1024);
  const sectionCount = days.length || 1;
  const sectionRow = new Int32Array(sectionCount + 1);
  const sectionItem = new Int32Array(sectionCount + 1);
  const sectionTop = new Float64Array(sectionCount + 1);
  const head = days.length ? header : 0;
  // A row may become this much lower or higher than the target, whichever is nearer.
  const most = target * 1.4;

  let cell = 0;
  let row = 0;
  let y = top;
  let item = 0;
  // The row that is being filled: its first cell, and the widths by height that it has so far.
  let from = 0;
  let sum = 0;
  const isMember = (index) => stacks[index] === 1 && !seams.has(index);
  const grow = () => {
    const size = rowFirst.length * 2;
    const larger = (Type, from) => {
      const to = new Type(size);
      to.set(from);
      return to;
    };
    rowFirst = larger(Int32Array, rowFirst);
    rowTop = larger(Float64Array, rowTop);
    rowHeight = larger(Float32Array, rowHeight);
  };
  for (let section = 0; section < sectionCount; section += 1) {
    const end = days.length ? item + days[section].count : count;
    sectionRow[section] = row;
    sectionItem[section] = item;
    sectionTop[section] = y;
    y += head;
    from = cell;
    sum = 0;
    let pendingLeft = section === 0 ? first : 0;
    while (pendingLeft > 0 || item < end) {
      let ratio;
      if (pendingLeft === 0 && seams.has(item) && cell > from) {
        close(Math.min(target, (width - gap * (cell - from - 1)) / sum));
        from = cell;
        sum = 0;
      }
      if (pendingLeft > 0) {
        ratio = shown[pending[first - pendingLeft]];
        itemOfCell[cell] = -(first - pendingLeft) - 1;
        pendingLeft -= 1;
      } else {
        ratio = shown[ratios[item]];
        itemOfCell[cell] = item;
        const begin = item;
        item += 1;
        // The rest of a closed stack has no cell.
        if (item < end && isMember(item) && !open.has(begin)) {
          while (item < end && isMember(item)) item += 1;
        } else if (item < end && isMember(item)) {
          // The rest of an open one has a cell each.
          while (item < end && isMember(item)) {
            place(ratio);
            ratio = shown[ratios[item]];
            itemOfCell[cell] = item;
            item += 1;
          }
        }
      }
      place(ratio);
    }
    // The last row of a section is not stretched.
    if (isOpenEnd && section === sectionCount - 1) cell = from;
    else if (cell > from) close(Math.min(target, (width - gap * (cell - from - 1)) / sum));
    y += after;
    item = end;
  }
  /** Takes the next cell into the present row, which ends before or behind it when it is full. */
  function place(ratio) {
    const inRow = cell - from;
    const height = (width - gap * inRow) / (sum + ratio);
    if (height > target) {
      cell += 1;
      sum += ratio;
      return;
    }
    // Either this cell ends the row, or the row is better off without it.
    const without = inRow ? (width - gap * (inRow - 1)) / sum : Infinity;
    if (without <= most && without - target < target - height) {
      close(without);
      from = cell;
      sum = 0;
      place(ratio);
      return;
    }
    cell += 1;
    close(height);
    from = cell;
    sum = 0;
  }
  /** Whole px, so that every row can be put at the very pixel where it was; widths take up the difference, which is not seen. */
  function close(height) {
    if (row + 2 > rowFirst.length) grow();
    rowFirst[row] = from;
    rowTop[row] = y;
    rowHeight[row] = Math.max(1, Math.round(height));
    y += rowHeight[row] + gap;
    row += 1;
  }
  rowFirst[row] = cell;
  sectionRow[sectionCount] = row;
  sectionItem[sectionCount] = count;
  sectionTop[sectionCount] = y;
  return new Layout({
    seams,
    ratios,
    pending,
    width,
    gap,
    header: head,
    days,
    cellCount: cell,
    rowCount: row,
    height: y + bottom,
    itemOfCell: itemOfCell.slice(0, cell),
    rowFirst: rowFirst.slice(0, row + 1),
    rowTop: rowTop.slice(0, row),
    rowHeight: rowHeight.slice(0, row),
    sectionRow,
    sectionItem,
    sectionTop,
  });
}

/** The greatest place in a sorted array, below `length`, whose value is at most `value`; 0 when there is none. */
function last(array, length, value) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Places of cells, rows and sections; every question is a binary search at most. */
class Layout {
  constructor(fields) {
    Object.assign(this, fields);
  }

  /** The row at or above a height. */
  rowAt(y) {
    return last(this.rowTop, this.rowCount, y);
  }

  sectionAt(y) {
    return last(this.sectionTop, this.sectionTop.length - 1, y);
  }

  sectionOfRow(row) {
    return last(this.sectionRow, this.sectionRow.length - 1, row);
  }

  sectionOfItem(item) {
    return last(this.sectionItem, this.sectionItem.length - 1, item);
  }

  rowOfCell(cell) {
    return last(this.rowFirst, this.rowCount, cell);
  }

  /** The cell of an item, which is its stack's when that is closed. */
  cellOfItem(item) {
    // What is being made counts down below 0, so that part is not sorted.
    const first = this.pending.length;
    let low = first;
    let high = this.cellCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.itemOfCell[middle] <= item) low = middle + 1;
      else high = middle;
    }
    return Math.max(first, low - 1);
  }

  /** How many items a cell stands for. */
  sizeOfCell(cell) {
    const item = this.itemOfCell[cell];
    if (item < 0) return 1;
    if (cell + 1 < this.cellCount) return this.itemOfCell[cell + 1] - item;
    return this.ratios.length - item;
  }

  ratioOfCell(cell) {
    const item = this.itemOfCell[cell];
    return shown[item < 0 ? this.pending[-item - 1] : this.ratios[item]];
  }

  /** Left edges of a row's cells, in px from the left of the row, and where a further one would begin: whole px. */
  edges(row) {
    const from = this.rowFirst[row];
    const to = this.rowFirst[row + 1];
    const edges = new Float64Array(to - from + 1);
    let sum = 0;
    for (let cell = from; cell < to; cell += 1) sum += this.ratioOfCell(cell);
    const gaps = this.gap * (to - from - 1);
    // A row that nearly fills the width does so; the last of a section is as wide as its height makes it.
    const natural = sum * this.rowHeight[row];
    const isLast = row + 1 === this.sectionRow[this.sectionOfRow(row) + 1] ||
      this.seams.has(this.itemOfCell[to]);
    const room = isLast && natural + gaps < this.width * 0.985 ? natural : this.width - gaps;
    let x = 0;
    for (let cell = from; cell < to; cell += 1) {
      edges[cell - from] = Math.round(x);
      x += this.ratioOfCell(cell) * room / sum + this.gap;
    }
    edges[to - from] = Math.round(x);
    return edges;
  }

  /** The cell of a row that lies at `x`. */
  cellAt(row, x) {
    const edges = this.edges(row);
    return this.rowFirst[row] + Math.min(last(edges, edges.length - 1, x), edges.length - 2);
  }

  /** The middle of a cell across its row. */
  middle(cell) {
    const row = this.rowOfCell(cell);
    const edges = this.edges(row);
    const place = cell - this.rowFirst[row];
    return (edges[place] + edges[place + 1] - this.gap) / 2;
  }
}
