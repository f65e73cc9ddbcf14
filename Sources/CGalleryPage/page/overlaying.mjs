// Panes beside each other, or two of them over each other: divided by a slider, in turn, or as their difference.

import { h } from './dom.mjs';

/** How much stronger a difference can be drawn. */
const gains = [1, 4, 16];

export class Overlaying {
  #split = 50;
  #gain = 0;

  /** `board` holds the panes; `changed` is called when it must be arranged. */
  constructor(board, changed) {
    this.board = board;
    this.changed = changed;
    this.mode = 'side';
    this.isFlicked = false;
    /** Which of the others lies over the first. */
    this.front = 1;
    this.divider = h('div', {
      class: 'handle',
      role: 'slider',
      tabIndex: 0,
      hidden: true,
      aria: { label: 'Where the one ends and the other begins', valuemin: '0', valuemax: '100' },
    }, h('i', {}));
    board.append(this.divider);
    this.divider.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      this.divider.setPointerCapture(event.pointerId);
    });
    this.divider.addEventListener('pointermove', (event) => {
      if (!this.divider.hasPointerCapture(event.pointerId)) return;
      const { left, width } = board.getBoundingClientRect();
      this.split((event.clientX - left) / width * 100);
    });
    this.divider.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10, Home: -100, End: 100 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.split(this.#split + by);
    });
  }

  get isOver() {
    return this.mode !== 'side';
  }
  get gain() {
    return gains[this.#gain];
  }

  split(percent) {
    this.#split = Math.min(Math.max(percent, 0), 100);
    this.changed();
  }

  strengthen() {
    if (this.mode !== 'difference') return;
    this.#gain = (this.#gain + 1) % gains.length;
    this.changed();
  }

  /** Shows which panes are seen, and which lies above. Overlaid are the first and the active one. */
  arrange(panes, active) {
    if (active) this.front = active;
    this.front = Math.min(this.front, panes.length - 1);
    this.divider.hidden = this.mode !== 'slider';
    this.board.style.filter = this.mode === 'difference' && this.#gain ? `brightness(${this.gain})` : '';
    panes.forEach(({ element, caption }, number) => {
      const isUpper = this.isOver && number === this.front;
      element.classList.toggle('aside', this.isOver && number !== 0 && !isUpper);
      element.classList.toggle('upper', isUpper);
      element.classList.toggle('under', isUpper && this.mode === 'flicker' && this.isFlicked);
      element.style.clipPath = isUpper && this.mode === 'slider' ? `inset(0 0 0 ${this.#split}%)` : '';
      for (const each of [element, caption]) each.classList.toggle('active', number === active);
    });
    this.divider.style.left = `${this.#split}%`;
    this.divider.setAttribute('aria-valuenow', String(Math.round(this.#split)));
  }
}
