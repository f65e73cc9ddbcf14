// Zoom and pan of one pane. The arithmetic is pure; `Zoom` binds it to wheel, pinch, drag and keys.
//
// What is looked at is `{ factor, x, y }`: how many times larger than fitting, and which point of the picture (0 to 1
// in both directions) lies in the middle of the pane. Panes of other sizes, and pictures of other pixel counts, can
// share it: they show the same part.

/** How large a pane may show one picture pixel, in device pixels. */
const mostPixels = 32;

/** Near 1:1 the steps of keys and wheel stop there. */
const snap = 0.06;

/** Two taps within this many ms are a double tap; one is known to be one after it. */
const doubleTap = 300;

/** CSS pixels for one picture pixel when the whole picture fits; `most` keeps small pictures from being blown up. */
export function fitScale(pane, picture, most = Infinity) {
  if (!picture.width || !picture.height || !pane.width || !pane.height) return 1;
  return Math.min(pane.width / picture.width, pane.height / picture.height, most);
}

/** The factor at which one picture pixel is one device pixel. */
export function oneToOne(pane, picture, { most, ratio = 1 } = {}) {
  return 1 / ratio / fitScale(pane, picture, most);
}

/** The smallest and the largest factor: never smaller than both fit and 1:1. */
export function range(pane, picture, options = {}) {
  const exact = oneToOne(pane, picture, options);
  return { least: Math.min(1, exact), most: Math.max(exact * mostPixels, 4) };
}

/** The nearest view in which the picture has no needless room beside it. */
export function clamp(view, pane, picture, options = {}) {
  const { least, most } = range(pane, picture, options);
  const factor = Math.min(Math.max(view.factor, least), most);
  const scale = fitScale(pane, picture, options.most) * factor;
  const along = (middle, length, room) => {
    const half = room / 2 / (length * scale);
    return half >= 0.5 ? 0.5 : Math.min(Math.max(middle, half), 1 - half);
  };
  return { factor, x: along(view.x, picture.width, pane.width), y: along(view.y, picture.height, pane.height) };
}

/** Where the picture lies in the pane, in CSS pixels. */
export function place(view, pane, picture, options = {}) {
  const scale = fitScale(pane, picture, options.most) * view.factor;
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: pane.width / 2 - view.x * width, top: pane.height / 2 - view.y * height, width, height, scale };
}

/** The view after zooming to a factor with a point of the pane (CSS pixels) held where it is. */
export function zoomed(view, pane, picture, factor, point, options = {}) {
  const { least, most } = range(pane, picture, options);
  const before = place(view, pane, picture, options);
  const next = Math.min(Math.max(factor, least), most);
  const after = fitScale(pane, picture, options.most) * next;
  const x = (point.x - before.left) / before.width;
  const y = (point.y - before.top) / before.height;
  return clamp(
    {
      factor: next,
      x: x - (point.x - pane.width / 2) / (picture.width * after),
      y: y - (point.y - pane.height / 2) / (picture.height * after),
    },
    pane,
    picture,
    options,
  );
}

/** The view after moving the picture by CSS pixels. */
export function panned(view, pane, picture, dx, dy, options = {}) {
  const { width, height } = place(view, pane, picture, options);
  return clamp({ ...view, x: view.x - dx / width, y: view.y - dy / height }, pane, picture, options);
}

/** A pane that can be zoomed and panned by hand. */
export class Zoom {
  #pane;
  #pointers = new Map();
  #pinch = null;
  #moved = 0;
  #changed;
  #tapped;
  #swiped;
  #observer;
  #single = 0;
  #isTouch = false;
  #lastTap = { time: 0 };

  /**
   * `pane` is the element that holds the picture; `changed(zoom, byHand)` draws. `swiped(dx, isDone)` hears of a touch
   * that moves a picture that fits. `most` is the largest scale of the fitting picture, in CSS pixels.
   */
  constructor(pane, { changed, swiped, tapped, most = Infinity }) {
    this.#pane = pane;
    this.#changed = changed;
    this.#swiped = swiped;
    this.#tapped = tapped;
    this.most = most;
    this.picture = { width: 0, height: 0 };
    this.view = { factor: 1, x: 0.5, y: 0.5 };
    this.box = { width: pane.clientWidth, height: pane.clientHeight };
    this.#observer = new ResizeObserver(() => {
      this.box = { width: pane.clientWidth, height: pane.clientHeight };
      this.#settle(this.view, false);
    });
    this.#observer.observe(pane);
    pane.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    pane.addEventListener('pointerdown', (event) => this.#down(event));
    pane.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of ['pointerup', 'pointercancel']) pane.addEventListener(name, (event) => this.#up(event));
    pane.addEventListener('dblclick', (event) => {
      // Two taps are told by the pointer; a browser may say them a second time.
      if (event.target.closest('button, a, input') || this.#isTouch) return;
      event.preventDefault();
      this.toggle(this.#point(event));
    });
  }

  close() {
    this.#observer.disconnect();
    clearTimeout(this.#single);
  }

  get options() {
    return { most: this.most, ratio: devicePixelRatio || 1 };
  }
  get place() {
    return place(this.view, this.box, this.picture, this.options);
  }
  get exact() {
    return oneToOne(this.box, this.picture, this.options);
  }
  get isFit() {
    return Math.abs(this.view.factor - 1) < 0.001;
  }
  /** Device pixels for one picture pixel: 1 is 1:1. */
  get pixels() {
    return this.view.factor / this.exact;
  }
  /** Whether there is more of the picture than the pane shows. */
  get overflows() {
    const { width, height } = this.place;
    return width > this.box.width + 1 || height > this.box.height + 1;
  }

  /** Another picture: fitting, or the same part as before. */
  show(picture, { keep = false } = {}) {
    this.picture = { width: picture.width, height: picture.height };
    this.#settle(keep ? this.view : { factor: 1, x: 0.5, y: 0.5 }, false);
  }

  /** Looks where another pane looks. */
  follow(view) {
    this.#settle(view, false);
  }

  to(factor, point = this.#middle) {
    this.#settle(zoomed(this.view, this.box, this.picture, factor, point, this.options), true);
  }
  pan(dx, dy) {
    this.#settle(panned(this.view, this.box, this.picture, dx, dy, this.options), true);
  }
  fit() {
    this.#settle({ factor: 1, x: 0.5, y: 0.5 }, true);
  }

  /** A step in or out; a step across fit or 1:1 stops there. */
  step(times, point = this.#middle) {
    let factor = this.view.factor * times;
    for (const stop of [1, this.exact]) {
      const crosses = (this.view.factor - stop) * (factor - stop) < 0 && Math.abs(
            this.view.factor / stop - 1,
          ) > snap / 10;
      if (crosses) {
        factor = stop;
        break;
      }
    }
    this.to(factor, point);
  }

  /** Fit, and 1:1 at a point. A picture that has its own size when it fits goes to twice that. */
  toggle(point = this.#middle) {
    if (!this.isFit) this.fit();
    else this.to(Math.abs(this.exact - 1) < 0.02 ? 2 : this.exact, point);
  }

  get #middle() {
    return { x: this.box.width / 2, y: this.box.height / 2 };
  }

  #point(event) {
    const { left, top } = this.#pane.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #settle(view, byHand) {
    this.view = clamp(view, this.box, this.picture, this.options);
    this.#changed(this, byHand);
  }

  #wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaMode === 2 ? event.deltaY * 400 : event.deltaY;
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller numbers.
    this.to(this.view.factor * Math.exp(-lines * (event.ctrlKey ? 0.01 : 0.0022)), this.#point(event));
  }

  #down(event) {
    if (event.button !== 0 || event.target.closest('button, a, input, .handle')) return;
    this.#isTouch = event.pointerType === 'touch';
    this.#pointers.set(event.pointerId, this.#point(event));
    this.#pane.setPointerCapture(event.pointerId);
    this.#moved = this.#pointers.size > 1 ? Infinity : 0;
    this.#pinch = null;
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    if (this.#pointers.size === 2) {
      this.#pointers.set(event.pointerId, now);
      this.#spread();
      return;
    }
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (event.pointerType === 'touch' && !this.overflows && this.#swiped) {
      this.#moved = Math.max(this.#moved, Math.hypot(dx, dy));
      this.#swiped({ dx, dy, isDone: false });
      return;
    }
    this.#moved += Math.hypot(dx, dy);
    this.#pointers.set(event.pointerId, now);
    if (this.#moved > 3) {
      this.#pane.classList.toggle('dragging', this.overflows);
      this.pan(dx, dy);
    }
  }

  /** Two fingers: what lies between them stays between them. */
  #spread() {
    const [a, b] = this.#pointers.values();
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const distance = Math.hypot(a.x - b.x, a.y - b.y);
    if (this.#pinch) {
      this.to(this.view.factor * (distance / Math.max(this.#pinch.distance, 1)), this.#pinch.middle);
      this.pan(middle.x - this.#pinch.middle.x, middle.y - this.#pinch.middle.y);
    }
    this.#pinch = { middle, distance };
  }

  #up(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    this.#pointers.delete(event.pointerId);
    this.#pinch = null;
    this.#pane.classList.remove('dragging');
    if (event.pointerType !== 'touch' || this.#pointers.size || event.type === 'pointercancel') {
      this.#swiped?.({ dx: 0, dy: 0, isDone: true });
      return;
    }
    const now = this.#point(event);
    if (this.#moved < 8) this.#tap(now, event.timeStamp);
    else if (!this.overflows && this.#moved !== Infinity) {
      this.#swiped?.(
        { dx: now.x - before.x, dy: now.y - before.y, isDone: true },
      );
    }
  }

  /** Two taps at one place toggle; `touch-action: none` takes the browser's own double tap away. */
  #tap(point, time) {
    const isSecond = time - this.#lastTap.time < doubleTap && Math.hypot(
          point.x - this.#lastTap.x,
          point.y - this.#lastTap.y,
        ) < 30;
    this.#lastTap = isSecond ? { time: 0 } : { time, ...point };
    clearTimeout(this.#single);
    if (isSecond) this.toggle(point);
    else this.#single = setTimeout(() => this.#tapped?.(), doubleTap);
  }
}
