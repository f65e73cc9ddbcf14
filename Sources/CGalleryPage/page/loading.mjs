// Pictures on their way: which bytes are asked for, what is loaded ahead, and what is given up.

import { onConnection } from './api.mjs';
import { events } from './events.mjs';

/** What browsers show by themselves; of other formats the preview is shown. */
export const shown = new Set(['png', 'jpeg', 'webp', 'gif', 'avif', 'bmp']);
/** Those that browsers turn as the file says. */
const turned = new Set(['jpeg', 'avif']);
export const previewSide = 2048;
/** An original this small is shown at once: it is as quick as the preview, and exact. */
const quickBytes = 12_000_000;
const quickSide = 2304;
/** The picture's upright size, whatever shape of item it comes in. */
export function sizeOf(item) {
  return { width: item.display_width ?? item.width ?? 1, height: item.display_height ?? item.height ?? 1 };
}

export const isAnimated = (item) => (item.frame_count ?? 1) > 1;

/** What a person calls it: title, prompt, file name. */
export const nameOf = (item) => item.title || item.prompt || item.name || 'Picture without a prompt';

/** The address of a picture for so many device pixels on its longer side. */
export function sourceFor(item, pixels) {
  const size = sizeOf(item);
  const side = Math.max(size.width, size.height);
  const original = `/blobs/${item.digest}`;
  const preview = `/thumbnails/${item.digest}/${previewSide}`;
  if (!shown.has(item.format) || (item.orientation > 1 && !turned.has(item.format))) return preview;
  if (isAnimated(item)) return original;
  if (side <= quickSide && (item.byte_count ?? 0) <= quickBytes) return original;
  return pixels > previewSide ? original : preview;
}

export const thumbnail = (item, side = 512) => `/thumbnails/${item.digest}/${side}`;

// Every picture that is loading or was shown lately, by address, the newest last.
const loads = new Map();
const kept = 12;

/** What did not come: it is not asked for again, until something says that it may be there now. */
const failed = new Set();

export const hasFailed = (source) => failed.has(source);
export const markFailed = (source) => void failed.add(source);

/** Lets what did not come be asked for again: all, or the files of some digests. */
export function forgive(digests = null) {
  for (const source of failed) if (!digests || digests.some((digest) => source.includes(digest))) failed.delete(source);
}

events.on('reset', () => forgive());
events.on('change', ({ assets }) => assets?.length && forgive(assets));
onConnection((isConnected) => isConnected && forgive());

/** One picture on its way; two that ask for it share it. */
export function load(source, { priority = 'auto' } = {}) {
  if (failed.has(source)) {
    const ready = Promise.reject(new Error('failed'));
    ready.catch(() => {});
    return { source, ready, isReady: false, isCancelled: false };
  }
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
    // A header that can be read says nothing of the rest: what cannot be decoded is as good as not there.
    const fail = () => reject(new Error(entry.isCancelled ? 'cancelled' : 'failed'));
    image.onload = () => image.decode().then(resolve, fail);
    image.onerror = fail;
  }).then(() => {
    entry.isReady = true;
    return image;
  });
  entry.ready.catch(() => {
    if (!entry.isCancelled) failed.add(source);
    if (loads.get(source) === entry) loads.delete(source);
  });
  loads.set(source, entry);
  image.src = source;
  while (loads.size > kept) {
    const [oldest] = loads.keys();
    cancel(oldest);
    loads.delete(oldest);
  }
  return entry;
}

/** Gives up what is not here yet. */
export function cancel(source) {
  const entry = loads.get(source);
  if (!entry || entry.isReady) return;
  loads.delete(source);
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
      if (item.problem) continue;
      wanted.add(thumbnail(item));
      wanted.add(sourceFor(item, Math.min(pixels, previewSide)));
    }
    for (const source of this.#wanted) if (!wanted.has(source)) cancel(source);
    this.#wanted = wanted;
    for (const source of wanted) load(source, { priority: 'low' });
  }

  close() {
    this.want([], 0);
  }
}

/** What is here of an address: an entry with `isReady`, or nothing. */
export const loaded = (source) => loads.get(source);
