// Every view is an address, and back is the browser's own.

const listeners = new Set();

/** A part of an address as text; as it stands where its percent signs mean nothing. */
function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** The view that an address names. */
export function parse(url) {
  const { pathname, searchParams } = new URL(url, location.href);
  const [name = '', ...rest] = pathname.split('/').filter(Boolean);
  const ids = rest.map((id) => decoded(id).replaceAll('~', '/'));
  const q = searchParams.get('q') ?? '';
  return { name: name || 'grid', id: ids[0] ?? null, ids, q, params: searchParams, url: pathname + location.search };
}

export const route = () => parse(location.href);

/** Hears of every change of address; `from` is the view before. */
export function onRoute(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let current = null;

function tell() {
  const from = current;
  current = route();
  for (const listener of listeners) listener(current, from);
}

/**
 * Goes to an address. `replace` leaves no step to come back to; `state` is kept with the step.
 * How deep we are is kept too, so that `back` knows whether there is a step of ours behind this one.
 */
export function navigate(url, { replace = false, state = {} } = {}) {
  const depth = (history.state?.depth ?? 0) + (replace ? 0 : 1);
  history[replace ? 'replaceState' : 'pushState']({ ...state, depth }, '', url);
  tell();
}

/** One step back, or to `fallback` when the page was opened at this address. */
export function back(fallback = '/') {
  if ((history.state?.depth ?? 0) > 0) history.back();
  else navigate(fallback, { replace: true });
}

/** Keeps something with the present step, for when a person comes back to it. */
export function remember(state) {
  history.replaceState({ ...history.state, ...state }, '', location.href);
}

/** A text as a part of an address. Half a character, as an input method may leave it for a moment, has no place in one. */
const encoded = (text) => encodeURIComponent(text.toWellFormed?.() ?? text);

/** The address of a view. */
export const address = {
  grid: (q = '') => (q ? `/?q=${encoded(q)}` : '/'),
  picture: (id, q = '') => `/picture/${encoded(id.replaceAll('/', '~'))}${q ? `?q=${encoded(q)}` : ''}`,
  compare: (ids, q = '') =>
    `/compare/${ids.map((id) => encoded(id.replaceAll('/', '~'))).join('/')}${q ? `?q=${encoded(q)}` : ''}`,
};

/** Begins: the present address is the first view. */
export function start() {
  history.scrollRestoration = 'manual';
  addEventListener('popstate', tell);
  // A plain click on one of our own links stays in the page.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href^="/"]');
    if (!link || link.target || link.hasAttribute('download') || event.defaultPrevented) return;
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(link.getAttribute('href'));
  });
  tell();
}
