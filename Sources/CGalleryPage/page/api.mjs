// The one way from the page to the server: `/api/v1`.

/** What went wrong: a stable code for programs, a sentence for people. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const listeners = new Set();
let isConnected = true;

/** Hears when the server is lost and found: whether it is there, else why not (`silent`, `refused`, `gone`). */
export function onConnection(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells it: `true`, `false`, `refused` when the server does not know us, or `gone` when the library's folder is not there. */
export function tellConnection(connected) {
  if (connected === isConnected || (isConnected === 'refused' && connected === false)) return;
  isConnected = connected;
  for (const listener of listeners) listener(connected === true, connected === true ? null : connected || 'silent');
}

/** What the status of an answer without a sentence means: proxies and limits of headers have none. */
function sentenceOf(status) {
  if (status === 414 || status === 431) return 'This query is too long';
  return `The server answered with the status ${status} and no explanation`;
}

/** How long after a change of this page what comes of it may arrive, in ms. */
const ownTime = 2000;
let changedAt = -Infinity;

/** Whether this page has just changed something itself, so that what arrives now is most likely that. */
export const hasJustChanged = () => performance.now() - changedAt < ownTime;

async function request(method, path, { params, json, blob, signal } = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, value);
  }
  // A blank as %20, which every reader of an address takes for one.
  const url = `/api/v1/${path}${query.size ? `?${query.toString().replaceAll('+', '%20')}` : ''}`;
  const isChange = method !== 'GET' && path !== 'plan';
  if (isChange) changedAt = performance.now();
  let response;
  try {
    response = await fetch(url, {
      method,
      signal,
      headers: json === undefined ? {} : { 'Content-Type': 'application/json' },
      body: json === undefined ? blob : JSON.stringify(json),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    tellConnection(false);
    throw new ApiError(0, 'not_connected', 'Atelier is not responding');
  }
  const text = await response.text();
  if (isChange) changedAt = performance.now();
  let answer = null;
  try { answer = text ? JSON.parse(text) : null; } catch { /* A refusal of the gate is plain text. */ }
  const code = response.ok ? null : answer?.error?.code ?? 'refused';
  tellConnection(response.status === 403 && !answer ? 'refused' : code === 'library_gone' ? 'gone' : true);
  if (code) {
    const message = (answer?.error?.message ?? text.trim()) || sentenceOf(response.status);
    throw new ApiError(response.status, code, message);
  }
  return answer;
}

/** A part of a path: ids of pictures hold a slash, and names of sets anything. */
export const part = (text) => encodeURIComponent(String(text));

export const api = {
  get: (path, params, options) => request('GET', path, { params, ...options }),
  post: (path, json = {}, options) => request('POST', path, { json, ...options }),
  patch: (path, json = {}, options) => request('PATCH', path, { json, ...options }),
  put: (path, blob, params, options) => request('PUT', path, { blob, params, ...options }),
  delete: (path, options) => request('DELETE', path, options),
};
