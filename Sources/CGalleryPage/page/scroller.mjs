// Scrolling through a layout that may be higher than a browser lets an element be.
//
// Two spaces: the layout's, in which everything has its exact place, and the page's, the scroll height, which is capped (Firefox forgets
// elements beyond 17.9 million px, Chromium beyond 33.5 million). Up to the cap they are one. Beyond it, wheel, keys and touch move pixel by
// pixel in the layout, and only a drag of the scroll bar's thumb is proportional; when the movement ends, the thumb is put where it is true,
// with what is seen put along in the same frame.

const cap = 15_000_000;
/** At both ends the two spaces run alike, so that the first and last pixel are reached exactly. */
const end = 200_000;
/** How near to the page's ends the thumb is put right during a movement. */
const margin = 20_000;
/** How long after wheel, touch or key a movement is theirs, in ms. */
const fineTime = 250;

export class Scroller {
  /** `element` scrolls `space`. `onMove` hears of every new `y`; `onShift` when things must be put elsewhere in the page's space. */
  constructor(element, space, { onMove, onShift, onIdle }) {
    Object.assign(this, { element, space, onMove, onShift, onIdle });
    this.y = 0;
    this.top = 0;
    this.total = 0;
    this.view = 0;
    this.lastFine = -Infinity;
    this.velocity = 0;
    this.lastTime = 0;
    const fine = () => {
      this.lastFine = performance.now();
    };
    for (const event of ['wheel', 'touchmove']) element.addEventListener(event, fine, { passive: true });
    element.addEventListener('touchstart', () => {
      this.isTouched = true;
    }, { passive: true });
    for (const event of ['touchend', 'touchcancel']) {
      element.addEventListener(event, () => {
        this.isTouched = false;
      }, { passive: true });
    }
    element.addEventListener('scroll', () => this.moved(), { passive: true });
    element.addEventListener('scrollend', () => this.rest());
  }

  /** How far things lie in the page's space from their place in the layout. */
  get shift() {
    return this.y - this.top;
  }

  get most() {
    return Math.max(0, this.total - this.view);
  }

  get mostTop() {
    return Math.max(0, this.height - this.view);
  }

  /** Tells the height of the layout and of the view; stays at the same `y` as far as it exists. */
  resize(total, view) {
    this.total = total;
    this.view = view;
    const height = Math.min(total, Math.floor(cap / (window.devicePixelRatio || 1)));
    if (height !== this.height) {
      this.height = height;
      this.space.style.height = `${height}px`;
    }
    this.y = Math.max(0, Math.min(this.most, this.y));
    this.settle();
  }

  /** Where the thumb is true for a place in the layout. */
  topOf(y) {
    if (this.total <= this.height) return y;
    const reach = Math.min(end, this.mostTop / 4);
    if (y <= reach) return y;
    if (y >= this.most - reach) return this.mostTop - (this.most - y);
    return reach + (y - reach) * (this.mostTop - 2 * reach) / (this.most - 2 * reach);
  }

  yOf(top) {
    if (this.total <= this.height) return top;
    const reach = Math.min(end, this.mostTop / 4);
    if (top <= reach) return top;
    if (top >= this.mostTop - reach) return this.most - (this.mostTop - top);
    return reach + (top - reach) * (this.most - 2 * reach) / (this.mostTop - 2 * reach);
  }

  /** Goes to a place in the layout. */
  to(y) {
    this.y = Math.max(0, Math.min(this.most, y));
    this.settle();
    this.onMove(this);
    this.restSoon();
  }

  /** Puts the thumb where it is true. */
  settle() {
    const shift = this.shift;
    // Lengths of style sheets have 24 bits: at 7 million px a part of one is lost, so the two spaces differ by whole px.
    const top = this.y - Math.round(this.y - this.topOf(this.y));
    if (Math.abs(top - this.element.scrollTop) >= 0.5) this.element.scrollTop = top;
    // What the browser made of it: whole device pixels, as a rule.
    this.top = this.element.scrollTop;
    this.y = this.top + Math.round(this.y - this.top);
    if (Math.abs(shift - this.shift) > 0.01) this.onShift(this);
  }

  moved() {
    const top = this.element.scrollTop;
    const by = top - this.top;
    if (Math.abs(by) < 0.01) return;
    const now = performance.now();
    const isFine = now - this.lastFine < fineTime || Math.abs(by) <= 2 * this.view;
    // Touch and wheel go on after the last event.
    if (isFine && now - this.lastFine < fineTime) this.lastFine = now;
    const from = this.y;
    const shift = this.shift;
    this.top = top;
    const y = this.total <= this.height ? top : Math.max(0, Math.min(this.most, isFine ? this.y + by : this.yOf(top)));
    this.y = top + Math.round(y - top);
    const isNearEnd = top < margin || top > this.mostTop - margin;
    if (this.total > this.height && isFine && isNearEnd) {
      this.settle();
    }
    if (Math.abs(shift - this.shift) > 0.01) this.onShift(this);
    this.velocity = Math.abs(this.y - from) / Math.max(4, Math.min(100, now - this.lastTime));
    this.lastTime = now;
    this.onMove(this);
    this.restSoon();
  }

  restSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), 120);
  }

  rest() {
    clearTimeout(this.timer);
    clearTimeout(this.settling);
    this.velocity = 0;
    this.onIdle(this);
    if (this.total <= this.height) return;
    this.settling = setTimeout(() => {
      if (this.isTouched || performance.now() - this.lastFine < fineTime) this.restSoon();
      else this.settle();
    }, fineTime);
  }
}
