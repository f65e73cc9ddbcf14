// One tile: what is seen of an item at once, and what hovering or focus reveals without moving anything. Tiles are used again for others.

import { h, icon } from './dom.mjs';
import { format } from './format.mjs';
import { hasFailed, markFailed } from './loading.mjs';
import { paint } from './placeholder.mjs';

/** The first words of a prompt, for a name that is read aloud. */
export function firstWords(text, most = 8) {
  // Some languages have no spaces.
  const words = text.trim().slice(0, 120).split(/\s+/, most + 1);
  return words.length > most || text.length > 120
    ? `${words.slice(0, most).join(' ').replace(/[,;:.]$/, '')} …`
    : words.join(' ');
}

const problems = {
  missing_blob: ['File missing', 'Run atelier verify'],
  damaged: ['File damaged', 'Run atelier verify'],
  unsupported: ['No preview of this kind', 'Download it to see it'],
  too_many_pixels: ['Too large for a preview', 'Download it to see it'],
};

/** Several seeds of one prompt, or several pictures of one seed, as a run of four gives. */
const stackWords = (size, haveSeeds) => `${format.count(size)} ${haveSeeds ? 'seeds' : 'pictures'}`;

export class Tile {
  constructor() {
    this.canvas = h('canvas', { class: 'tile-hint', width: 16, height: 16, hidden: true });
    this.image = h('img', { class: 'tile-picture', alt: '', decoding: 'async', draggable: false });
    this.image.addEventListener('load', () => this.loaded());
    this.image.addEventListener('error', () => this.failed());
    this.badges = h('span', { class: 'tile-badges' });
    this.tick = h('span', { class: 'tile-tick', title: 'Select  x' }, icon('tick'));
    this.message = h('span', { class: 'tile-message', hidden: true });
    this.element = h(
      'div',
      { class: 'tile', role: 'gridcell', tabIndex: -1, draggable: true },
      this.canvas,
      this.image,
      this.message,
      this.badges,
      this.tick,
    );
    this.element.tile = this;
    this.key = null;
    this.source = '';
  }

  /** Makes the foot: seed, size, stars, heart. Only tiles that were hovered, have the focus or were rated have one; a page of them is 500 elements. */
  makeFoot() {
    this.text = h('span', { class: 'tile-text' });
    this.stars = h(
      'span',
      { class: 'tile-stars' },
      [1, 2, 3, 4, 5].map((n) =>
        h('span', { class: 'tile-star', dataset: { star: n }, title: `${format.plural(n, 'star')}  ${n}` }, '☆')
      ),
    );
    this.heart = h('span', { class: 'tile-heart', title: 'Favourite  F' }, icon('heart'));
    this.foot = h('span', { class: 'tile-foot', aria: { hidden: 'true' } }, this.text, this.stars, this.heart);
  }

  /** Shows the foot, for the pointer or the keyboard is on it. */
  reveal() {
    const { item } = this;
    if (!item) return;
    if (!this.foot) this.makeFoot();
    const size = format.size(item.display_width ?? item.width, item.display_height ?? item.height);
    this.text.textContent = item.seed ? `seed ${item.seed} · ${size}` : size;
    const rating = item.rating ?? 0;
    [...this.stars.children].forEach((star, n) => {
      star.textContent = n < rating ? '★' : '☆';
      star.classList.toggle('on', n < rating);
    });
    if (!this.foot.isConnected) this.message.after(this.foot);
  }

  /** Puts it at its place in its row, in px. */
  put(x, width, height) {
    if (this.x === x && this.width === width && this.height === height) return;
    [this.x, this.width, this.height] = [x, width, height];
    const { style } = this.element;
    style.left = `${x}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    this.element.classList.toggle('small', width < 200);
    this.element.classList.toggle('narrow', width < 130);
    this.element.classList.toggle('tiny', width < 90);
  }

  /**
   * Shows what a cell stands for: `item` (null when it is not here yet) or `run`, how many it stands for (`size`), whether they
   * differ in their seeds (`haveSeeds`), `isOpen` of a stack's first,
   * `isMember` of an open stack's others. Nothing of what it showed before remains.
   */
  show({ key, item, run, size, haveSeeds, isOpen, isMember }) {
    if (this.key !== key) this.clear();
    this.key = key;
    Object.assign(this, { item, run, size });
    const { element } = this;
    if (item) element.dataset.id = item.id;
    else delete element.dataset.id;
    element.classList.toggle('stack', size > 1 && !isOpen);
    element.classList.toggle('open', Boolean(isOpen));
    element.classList.toggle('member', Boolean(isMember));
    element.classList.toggle('running', Boolean(run));
    if (item) this.describe(item, size, isOpen, haveSeeds);
    else if (run) this.showRun(run);
    else {
      this.badge(null);
      element.setAttribute('aria-label', 'Loading');
    }
  }

  describe(item, size, isOpen, haveSeeds) {
    const width = item.display_width ?? item.width;
    const height = item.display_height ?? item.height;
    const rating = item.rating ?? 0;
    if (rating || item.favourite || this.foot?.isConnected) this.reveal();
    this.element.classList.toggle('favourite', Boolean(item.favourite));
    const isAnimated = item.is_animated || item.frame_count > 1;
    const hasDrift = Array.isArray(item.drift) ? item.drift.length > 0 : Boolean(item.drift);
    const isSandbox = Boolean(item.is_sandbox ?? item.sandbox);
    const badges = [];
    const signature = [size, haveSeeds, isOpen, isAnimated, hasDrift, isSandbox].join();
    if (size > 1) {
      badges.push(
        h(
          'span',
          { class: 'badge button-badge', dataset: { stack: '' }, title: isOpen ? 'Close  e' : 'Open  e' },
          stackWords(size, haveSeeds),
          isOpen && icon('close'),
        ),
      );
    }
    if (hasDrift) badges.push(h('span', { class: 'badge', title: 'not the size you asked for' }, '≠ size'));
    if (isAnimated) badges.push(h('span', { class: 'badge film', title: 'animated' }, icon('play')));
    if (isSandbox) badges.push(h('span', { class: 'badge', title: 'made by the sandbox, not by a model' }, 'sandbox'));
    this.badge(signature, ...badges);
    const problem = item.problem && (problems[item.problem] ?? ['There is no preview', '']);
    this.say(problem);
    this.element.setAttribute(
      'aria-label',
      [
        firstWords(item.title || item.prompt || item.name || 'Picture'),
        `${width} by ${height}`,
        rating && format.plural(rating, 'star'),
        item.favourite && 'favourite',
        hasDrift && 'not the size you asked for',
        isAnimated && 'animated',
        isSandbox && 'from the sandbox',
        problem?.[0],
        size > 1 && (isOpen ? `first of an open stack of ${size}` : `stack of ${size}`),
      ].filter(Boolean).join(', '),
    );
    const colour = item.colours?.[0];
    this.element.style.backgroundColor = typeof colour === 'string' && /^#[0-9a-f]{6}$/i.test(colour) ? colour : '';
    if (item.placeholder && this.hint !== item.placeholder && !this.image.classList.contains('in')) {
      this.hint = item.placeholder;
      this.canvas.hidden = !paint(this.canvas, item.placeholder);
    }
  }

  badge(signature, ...badges) {
    if (this.signature !== signature) this.badges.replaceChildren(...badges);
    this.signature = signature;
  }

  showRun(run) {
    this.badge(null);
    this.say([run.words, firstWords(run.prompt ?? '')]);
    this.element.setAttribute('aria-label', `${run.words}: ${firstWords(run.prompt ?? '')}`);
    this.element.style.setProperty('--done', run.part ?? 0);
  }

  /** A sentence in the picture's place, and what to do. */
  say(lines) {
    this.message.hidden = !lines;
    this.element.classList.toggle('problem', Boolean(lines) && !this.run);
    if (lines) this.message.replaceChildren(h('b', {}, lines[0]), h('span', {}, lines[1]));
    else this.message.replaceChildren();
  }

  /** Asks for the picture, in the size that the screen has pixels for. */
  load() {
    const { item } = this;
    if (!item || item.problem) return;
    const side = Math.max(this.width, this.height) * (window.devicePixelRatio || 1);
    // Of a panorama the thumbnail is a few rows high, which shows.
    const isWide = this.width > 2 * this.height && side > 1.3 * 512;
    const size = side <= 280 ? 256 : isWide ? 2048 : 512;
    const source = `/thumbnails/${item.digest}/${size}`;
    if (this.source === source) return;
    // A larger one takes the place of a smaller one without a flash; a smaller one is not asked for.
    if (this.source && this.asked > size) return;
    this.asked = size;
    this.source = source;
    if (hasFailed(source)) {
      this.failed();
      return;
    }
    this.image.src = source;
    // From the browser's memory: there is nothing to fade in.
    if (this.image.complete && this.image.naturalWidth) this.image.classList.add('in', 'now');
  }

  /** Gives up what is on its way; `load` asks again. */
  rest() {
    if (!this.source || this.image.complete) return;
    this.source = '';
    this.image.removeAttribute('src');
  }

  loaded() {
    if (!this.source) return;
    this.image.classList.add('in');
  }

  failed() {
    if (!this.source) return;
    markFailed(this.source);
    this.image.classList.remove('in', 'now');
    this.say(['There is no preview', 'Run atelier verify']);
  }

  /** Forgets what it showed, at once. */
  clear() {
    this.key = null;
    this.item = null;
    this.run = null;
    this.hint = null;
    if (this.source) {
      this.source = '';
      this.image.removeAttribute('src');
    }
    this.image.classList.remove('in', 'now');
    this.canvas.hidden = true;
    this.message.hidden = true;
    this.element.classList.remove('problem', 'running', 'selected', 'favourite', 'stack', 'open', 'member');
    this.element.style.backgroundColor = '';
    this.foot?.remove();
  }

  select(isSelected) {
    if (this.isSelected === isSelected && this.element.classList.contains('selected') === isSelected) return;
    this.isSelected = isSelected;
    this.element.classList.toggle('selected', isSelected);
    this.element.setAttribute('aria-selected', String(isSelected));
  }
}
