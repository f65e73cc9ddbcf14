// One picture after another in a pane, without a flash: placeholder colours, thumbnail, preview or original.

import { h, replace } from './dom.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';
import { cancel, forgive, hasFailed, isAnimated, load, loaded, nameOf, previewSide, shown, sourceFor, thumbnail } from './loading.mjs';
import { paint } from './placeholder.mjs';

export { isAnimated, nameOf, Preloader, sizeOf, sourceFor, thumbnail } from './loading.mjs';

/** How long the picture before may stay while the next one comes. */
const patience = 150;

/** After a view is gone: the keyboard goes back to where it was, unless it has a place already. */
export function giveFocusBack(element) {
  queueMicrotask(() => {
    if (!element?.isConnected || element === document.body || document.activeElement !== document.body) return;
    element.focus({ preventScroll: true });
  });
}

/** What can be wrong with a picture, by the server's code, and what to do. */
const problems = {
  missing_blob: [
    'This picture’s file is missing',
    'Restore the file from a backup, or import it again. `atelier verify` lists everything missing.',
  ],
  damaged: [
    'This picture’s file is damaged',
    'Its recipe is safe. Restore the file from a backup; `atelier verify` lists damaged files.',
  ],
  unsupported: ['Pictures of this kind cannot be shown here', 'Download it to see it in another program.'],
  too_many_pixels: ['This picture is too large to be shown', 'Download it to see it in another program.'],
};

/** What was found wrong, by digest. It holds until the library says that something about the picture is another. */
const found = new Map();

function forget(digests = null) {
  forgive(digests);
  for (const digest of digests ?? [...found.keys()]) found.delete(digest);
}
events.on('reset', () => forget());
events.on('change', ({ assets }) => assets?.length && forget(assets));

/** Why a picture does not come, in words with what to do; null when another picture was asked for meanwhile. */
async function problemOf(item, signal) {
  if (found.has(item.digest)) return found.get(item.digest);
  const ask = async (path) => {
    const response = await fetch(path, { headers: { Range: 'bytes=0-0' }, signal });
    if (response.ok) return null;
    const answer = await response.json().catch(() => null);
    return { code: answer?.error?.code, message: answer?.error?.message ?? `The server answered ${response.status}.` };
  };
  try {
    const error = await ask(`/blobs/${item.digest}`) ?? await ask(thumbnail(item, previewSide));
    // A file of a usual kind that neither the browser nor the server can read is damaged.
    const isDamaged = error?.code === 'damaged_blob' || (error?.code === 'unsupported' && shown.has(item.format));
    const code = isDamaged ? 'damaged' : error?.code;
    const words = problems[error ? code : 'damaged'] ?? ['This picture cannot be shown', error.message];
    const problem = { words, isKnown: Boolean(error) };
    if (error) found.set(item.digest, problem);
    return problem;
  } catch (error) {
    if (error.name === 'AbortError') return null;
    return { words: ['Atelier is not responding', 'The picture appears when the server is back.'], isKnown: true };
  }
}

/**
 * Shows one picture after another in a pane. `element` holds the layers; `lay` puts them at a place and asks for more
 * pixels when the place needs them.
 */
export class Frame {
  #turn = 0;
  #source = null;
  #patience = 0;
  #slow = 0;
  #abort = null;
  #place = null;
  #pixels = 0;
  #asked = new Set();
  #hasThumbnail = false;

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
    if (this.item?.digest === item.digest) {
      this.item = item;
      this.#describe();
      return;
    }
    this.#turn += 1;
    this.#abort?.abort();
    this.#abort = new AbortController();
    clearTimeout(this.#patience);
    clearTimeout(this.#slow);
    for (const source of this.#asked) cancel(source);
    this.#asked.clear();
    this.item = item;
    this.#source = null;
    this.#hasThumbnail = false;
    this.isBroken = false;
    this.message.hidden = true;
    this.spinner.hidden = true;
    const turn = this.#turn;
    this.#patience = setTimeout(
      () => {
        if (turn === this.#turn && !this.#source) this.#drawColours();
      },
      this.image ? patience : 0,
    );
    this.#slow = setTimeout(() => {
      if (turn === this.#turn && !this.#source) this.spinner.hidden = false;
    }, 400);
    // The preview first, which may have been loaded ahead; then what the place needs.
    const wanted = sourceFor(item, previewSide);
    // What is known to be missing is not asked for.
    if (item.problem === 'missing_blob') {
      this.#say(problems.missing_blob, false);
      return;
    }
    // A neighbour that was loaded ahead is shown at once, without its thumbnail before it.
    if (loaded(wanted)?.isReady) this.#use(loaded(wanted), turn);
    else {
      if (!item.problem) this.#wantThumbnail(turn);
      this.#want(wanted, turn);
    }
  }

  /** Asks again for a picture that did not come. */
  retry() {
    if (!this.isBroken) return;
    const { item } = this;
    forget([item.digest]);
    this.item = null;
    this.show(item);
  }

  /** Where the picture lies in the pane, in CSS pixels. */
  lay(place) {
    this.#place = place;
    this.#pixels = Math.max(place.width, place.height) * (devicePixelRatio || 1);
    for (const element of [this.image, this.colours]) if (element) this.#put(element);
    if (!this.item || this.isBroken) return;
    if (this.image) this.#drawBadge();
    this.#improve();
  }

  /** Asks for the original when the preview has too few pixels for its place. */
  #improve() {
    const wanted = sourceFor(this.item, this.#pixels);
    const isMore = this.#source && wanted !== this.#source && wanted.startsWith('/blobs/');
    if (isMore && !hasFailed(wanted)) this.#want(wanted, this.#turn);
  }

  close() {
    this.#turn += 1;
    this.#abort?.abort();
    clearTimeout(this.#patience);
    clearTimeout(this.#slow);
    for (const source of this.#asked) cancel(source);
  }

  #want(source, turn) {
    const entry = load(source, { priority: 'high' });
    this.#asked.add(source);
    entry.ready.then(() => this.#use(entry, turn), () => this.#fail(source, turn));
  }

  #wantThumbnail(turn) {
    load(thumbnail(this.item), { priority: 'high' }).ready.then((image) => {
      if (turn === this.#turn && !this.#source) this.#take(image, 'thumbnail');
    }, () => {});
  }

  #use(entry, turn) {
    if (turn !== this.#turn || this.isBroken) return;
    this.#source = entry.source;
    this.#take(entry.image, entry.source.startsWith('/blobs/') ? 'original' : 'preview');
    this.#improve();
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
    if (quality !== 'thumbnail') {
      this.spinner.hidden = true;
      clearTimeout(this.#slow);
    }
    this.#hasThumbnail = quality === 'thumbnail';
    this.#drawBadge();
  }

  async #fail(source, turn) {
    if (turn !== this.#turn) return;
    const problem = await problemOf(this.item, this.#abort.signal);
    if (turn !== this.#turn || !problem) return;
    // Where there is no file, there is no use in asking for it in another way.
    if (problem.words === problems.missing_blob) {
      this.#say(problem.words, this.#hasThumbnail);
      return;
    }
    // A preview that cannot be made may still have an original that a browser shows, and the other way round.
    const original = shown.has(this.item.format) ? `/blobs/${this.item.digest}` : null;
    const other = source.startsWith('/blobs/') ? thumbnail(this.item, previewSide) : original;
    const second = other && await load(other).ready.then(() => loaded(other), () => null);
    if (turn !== this.#turn) return;
    if (second) this.#use(second, turn);
    // What the browser cannot decode and the server can is shown as the server sees it: nothing is wrong.
    if (!second || problem.isKnown) this.#say(problem.words, Boolean(second) || this.#hasThumbnail);
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
    const text = isAnimated(this.item)
      ? `Animated, ${format.plural(this.item.frame_count, 'frame')}`
      : isPreview
      ? `Preview of ${format.count(previewSide)} pixels; download the ${this.item.format} to see more`
      : '';
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
