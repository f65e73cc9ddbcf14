// Pictures as they come: placeholder colours, the thumbnail, then the preview or the original, without a flash between
// two.

import { h, replace } from './dom.mjs';
import { format } from './format.mjs';
import { paint } from './placeholder.mjs';

/** What browsers show by themselves; of other formats the preview is shown. */
const shown = new Set(['png', 'jpeg', 'webp', 'gif', 'avif', 'bmp']);
const previewSide = 2048;
/** An original this small is shown at once: it is as quick as the preview, and exact. */
const quickBytes = 12_000_000;
const quickSide = 2304;
/** How long the picture before may stay while the next one comes. */
const patience = 150;

/** The picture's upright size, whatever shape of item it comes in. */
export function sizeOf(item) {
  return { width: item.display_width ?? item.width ?? 1, height: item.display_height ?? item.height ?? 1 };
}

export const isAnimated = (item) => (item.frame_count ?? 1) > 1;

/** After a view is gone: the keyboard goes back to where it was, unless it has a place already. */
export function giveFocusBack(element) {
  queueMicrotask(() => {
    if (!element?.isConnected || element === document.body || document.activeElement !== document.body) return;
    element.focus({ preventScroll: true });
  });
}

/** What a person calls it: title, prompt, file name. */
export const nameOf = (item) => item.title || item.prompt || item.name || 'Picture without a prompt';

/** The address of a picture for so many device pixels on its longer side. */
export function sourceFor(item, pixels) {
  const size = sizeOf(item);
  const side = Math.max(size.width, size.height);
  const original = `/blobs/${item.digest}`;
  const preview = `/thumbnails/${item.digest}/${previewSide}`;
  if (!shown.has(item.format)) return preview;
  if (isAnimated(item)) return original;
  if (side <= quickSide && (item.byte_count ?? 0) <= quickBytes) return original;
  return pixels > previewSide ? original : preview;
}

export const thumbnail = (item, side = 512) => `/thumbnails/${item.digest}/${side}`;

// Every picture that is loading or was shown lately, by address, the newest last.
const loads = new Map();
const kept = 12;

/** One picture on its way; two that ask for it share it. */
function load(source, { priority = 'auto' } = {}) {
  const known = loads.get(source);
  if (known) {
    loads.delete(source);
    loads.set(source, known);
    return known;
  }
  const image = new Image();
  image.decoding = 'async';
  image.fetchPriority = priority;
  image.draggable = false;
  image.alt = '';
  const entry = { source, image, isReady: false, isCancelled: false };
  entry.ready = new Promise((resolve, reject) => {
    image.onload = () => image.decode().then(resolve, resolve);
    image.onerror = () => reject(new Error(entry.isCancelled ? 'cancelled' : 'failed'));
  }).then(() => { entry.isReady = true; return image; });
  entry.ready.catch(() => { if (loads.get(source) === entry) loads.delete(source); });
  loads.set(source, entry);
  image.src = source;
  while (loads.size > kept) {
    const [oldest] = loads.keys();
    cancel(oldest);
  }
  return entry;
}

function cancel(source) {
  const entry = loads.get(source);
  if (!entry) return;
  loads.delete(source);
  if (entry.isReady) return;
  entry.isCancelled = true;
  entry.image.src = '';
}

/** Loads neighbours before they are asked for; those that were passed are given up. */
export class Preloader {
  #wanted = new Set();

  /** These, in this order, and no others. `pixels` is what the pane needs. */
  want(items, pixels) {
    const wanted = new Set();
    for (const item of items) {
      if (item.problem === 'missing_blob') continue;
      wanted.add(thumbnail(item));
      wanted.add(sourceFor(item, Math.min(pixels, previewSide)));
    }
    for (const source of this.#wanted) if (!wanted.has(source)) cancel(source);
    this.#wanted = wanted;
    for (const source of wanted) load(source, { priority: 'low' });
  }

  close() { this.want([], 0); }
}

/** What can be wrong with a picture, by the server's code, and what to do. */
const problems = {
  missing_blob: [
    'The file of this picture is missing',
    'Put the file back from a backup, or import it once more. `atelier verify` lists all that is missing.',
  ],
  damaged: [
    'The file of this picture is damaged',
    'How it was made is still known. Put the file back from a backup; `atelier verify` lists damaged files.',
  ],
  unsupported: ['Pictures of this kind cannot be shown here', 'Download it to see it in another program.'],
  too_many_pixels: ['This picture is too large to be shown', 'Download it to see it in another program.'],
};

/** Why a picture does not come, in words with what to do; null when nobody waits for it any more. */
async function problemOf(item, signal) {
  const ask = async (path) => {
    const response = await fetch(path, { headers: { Range: 'bytes=0-0' }, signal });
    if (response.ok) return null;
    const answer = await response.json().catch(() => null);
    return { code: answer?.error?.code, message: answer?.error?.message ?? `The server answered ${response.status}.` };
  };
  try {
    const error = await ask(`/blobs/${item.digest}`) ?? await ask(thumbnail(item, previewSide));
    const known = problems[
      error ? error.code?.replace(/_blob$/, (end) => (error.code === 'missing_blob' ? end : '')) : 'damaged'
    ];
    return known ?? ['This picture cannot be shown', error.message];
  } catch (error) {
    if (error.name === 'AbortError') return null;
    return ['Atelier does not answer', 'The picture comes when the server is there again.'];
  }
}

/**
 * Shows one picture after another in a pane. `element` holds the layers; `lay` puts them at a place and asks for more
 * pixels when the place needs them.
 */
export class Frame {
  #turn = 0; #source = null; #patience = 0; #slow = 0; #abort = null; #place = null; #pixels = 0;

  constructor() {
    this.item = null;
    this.image = null;
    this.colours = h('canvas', { class: 'colours', hidden: true });
    this.message = h('div', { class: 'trouble', role: 'status', hidden: true });
    this.spinner = h('div', { class: 'spinner', hidden: true, role: 'status', aria: { label: 'Loading' } });
    this.badge = h('span', { class: 'moving', hidden: true });
    this.element = h('div', { class: 'frame' }, this.colours, this.spinner, this.message, this.badge);
  }

  /** Another picture. What is there stays until this one has been decoded, or for a moment at most. */
  show(item) {
    if (this.item?.digest === item.digest) { this.item = item; this.#describe(); return; }
    this.#turn += 1;
    this.#abort?.abort();
    this.#abort = new AbortController();
    clearTimeout(this.#patience);
    clearTimeout(this.#slow);
    const from = this.#source;
    this.item = item;
    this.#source = null;
    this.isBroken = false;
    this.message.hidden = true;
    this.spinner.hidden = true;
    const turn = this.#turn;
    this.#patience = setTimeout(
      () => { if (turn === this.#turn && !this.#source) this.#drawColours(); }, this.image ? patience : 0,
    );
    this.#slow = setTimeout(() => { if (turn === this.#turn && !this.#source) this.spinner.hidden = false; }, 400);
    const wanted = sourceFor(item, this.#pixels || previewSide);
    if (from && from !== wanted) cancel(from);
    // What is known to be missing is not asked for.
    if (item.problem === 'missing_blob') { this.#say(problems.missing_blob, false); return; }
    // A neighbour that was loaded ahead is shown at once, without its thumbnail before it.
    if (loads.get(wanted)?.isReady) this.#use(loads.get(wanted), turn);
    else {
      load(thumbnail(item), { priority: 'high' }).ready.then(
        (image) => { if (turn === this.#turn && !this.#source) this.#take(image, 'thumbnail'); }, () => {},
      );
      this.#want(wanted, turn);
    }
  }

  /** Where the picture lies in the pane, in CSS pixels. */
  lay(place) {
    this.#place = place;
    this.#pixels = Math.max(place.width, place.height) * (devicePixelRatio || 1);
    for (const element of [this.image, this.colours]) if (element) this.#put(element);
    if (!this.item || this.isBroken) return;
    if (this.image) this.#drawBadge();
    const wanted = sourceFor(this.item, this.#pixels);
    if (this.#source && wanted !== this.#source && wanted.startsWith('/blobs/')) this.#want(wanted, this.#turn);
  }

  close() {
    this.#turn += 1;
    this.#abort?.abort();
    clearTimeout(this.#patience);
    clearTimeout(this.#slow);
    if (this.#source) cancel(this.#source);
  }

  #want(source, turn) {
    const entry = load(source, { priority: 'high' });
    entry.ready.then(() => this.#use(entry, turn), () => this.#fail(source, turn));
  }

  #use(entry, turn) {
    if (turn !== this.#turn || this.isBroken) return;
    this.#source = entry.source;
    this.#take(entry.image, entry.source.startsWith('/blobs/') ? 'original' : 'preview');
  }

  #take(image, quality) {
    // An image is in one place at a time; a pane that wants what another shows gets its own.
    const mine = image.isConnected && image !== this.image ? image.cloneNode() : image;
    const before = this.image;
    this.image = mine;
    mine.className = 'shown';
    mine.dataset.quality = quality;
    this.#describe();
    this.#put(mine);
    if (before && before !== mine) before.replaceWith(mine);
    else if (!before) this.element.insertBefore(mine, this.message);
    this.colours.hidden = true;
    if (quality !== 'thumbnail') { this.spinner.hidden = true; clearTimeout(this.#slow); }
    this.#drawBadge();
  }

  async #fail(source, turn) {
    if (turn !== this.#turn) return;
    // A preview that cannot be made may still have an original that a browser shows, and the other way round.
    const original = shown.has(this.item.format) ? `/blobs/${this.item.digest}` : null;
    const other = source.startsWith('/blobs/') ? thumbnail(this.item, previewSide) : original;
    const second = other && await load(other).ready.then(() => loads.get(other), () => null);
    if (turn !== this.#turn) return;
    if (second) this.#use(second, turn);
    const problem = await problemOf(this.item, this.#abort.signal);
    if (turn === this.#turn && problem) this.#say(problem, Boolean(second));
  }

  /** A sentence over the picture, or in its place. */
  #say([title, remedy], hasPicture) {
    clearTimeout(this.#slow);
    clearTimeout(this.#patience);
    this.spinner.hidden = true;
    this.isBroken = true;
    if (!hasPicture) this.#drawColours();
    const words = remedy.split('`').map((text, index) => (index % 2 ? h('code', {}, text) : text));
    this.message.hidden = false;
    replace(this.message, h('b', {}, title), h('p', {}, words));
  }

  /** What is shown is moving, or is less than the file has. */
  #drawBadge() {
    const isPreview = !shown.has(this.item.format) && this.#pixels > previewSide * 1.05;
    const text = isAnimated(this.item) ? `Animated, ${format.plural(this.item.frame_count, 'frame')}`
      : isPreview ? `Preview of ${format.count(previewSide)} pixels; download the ${this.item.format} to see more` : '';
    this.badge.textContent = text;
    this.badge.hidden = !text;
  }

  #describe() {
    if (!this.image) return;
    this.image.alt = nameOf(this.item);
    this.image.dir = 'auto';
  }

  #put(element) {
    if (!this.#place) return;
    const { left, top, width, height, scale } = this.#place;
    const ratio = devicePixelRatio || 1;
    const snapped = (value) => Math.round(value * ratio) / ratio;
    // What is thinner than a pixel is still seen.
    element.style.width = `${Math.max(width, 1)}px`;
    element.style.height = `${Math.max(height, 1)}px`;
    element.style.transform = `translate(${snapped(left)}px, ${snapped(top)}px)`;
    // From three device pixels for one on, a person looks at pixels.
    element.style.imageRendering = scale * ratio >= 3 ? 'pixelated' : '';
  }

  #drawColours() {
    this.image?.remove();
    this.image = null;
    this.badge.hidden = true;
    this.colours.hidden = false;
    if (this.#place) this.#put(this.colours);
    paintColours(this.colours, this.item);
  }
}

/** Draws the placeholder of an item, or nothing when there is none: the style sheet's grey shows then. */
export function paintColours(canvas, item) {
  canvas.width = 16;
  canvas.height = 16;
  if (item.placeholder) paint(canvas, item.placeholder);
}
