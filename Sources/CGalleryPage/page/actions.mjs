// What can be done with pictures. Each is one action of the library: it says what it did and can be undone. What shows
// the pictures hears of it by the change event.

import { api, part } from './api.mjs';
import { askSet, askTags } from './choosing.mjs';
import { askText, confirm } from './dialogs.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';
import { library } from './library.mjs';
import { quoted } from './spans.mjs';
import { toast } from './toasts.mjs';

/** So many pictures are looked at before a question about them is asked; more are answered without. */
const mostLookedAt = 24;

/**
 * The address of a set. An `@` before a name changes nothing for the server, and keeps `.` and `..`, which sets of old
 * libraries can be called, from being folders.
 */
const setPath = (name) => `sets/${encodeURIComponent(/^\.\.?$/.test(name) ? `@${name}` : name)}`;

/**
 * What an action is about, as a request names it: an id, several, or a selection's `{ids}` or `{query}`. `size` is
 * how many that is, where it is known.
 */
function subject(of) {
  if (typeof of === 'string') return { body: { ids: [of] }, ids: [of], size: 1 };
  if (of && !of[Symbol.iterator]) {
    return of.query === undefined
      ? subject(of.ids ?? [])
      : { body: { query: of.query }, ids: null, size: of.count ?? null };
  }
  const ids = [...of ?? []];
  return { body: { ids }, ids, size: ids.length };
}

const pictures = (
  size,
) => (size === 1 ? 'this picture' : size === null ? 'all these pictures' : format.plural(size, 'picture'));

/** Says so where nothing can be changed, and asks the server for nothing. */
export function isReadOnly() {
  if (!library.status?.read_only) return false;
  toast('This gallery is read-only.');
  return true;
}

/** Whether the newest action failed: who presses undo then means that one, and not the one before it. */
let hasFailed = false;

/** Does something and says it; `message` is the server's sentence, `note` what follows it. Answers null when it failed, which was said too. */
async function act(work, note = '') {
  if (isReadOnly()) return null;
  try {
    const answer = await work();
    hasFailed = false;
    toast.settleErrors();
    if (answer?.message) {
      toast(`${answer.message}${note}`, { undo: answer.actions?.length > 1 ? answer.actions : answer.action ?? undefined });
    }
    if (answer?.action) library.refresh();
    return answer;
  } catch (error) {
    hasFailed = true;
    toast.error(error.code === 'not_connected' ? new Error(`Not done: ${error.message}`) : error);
    return null;
  }
}

async function mark(of, field, value, note) {
  const { body, ids, size } = subject(of);
  if (size === 0 || isReadOnly()) return null;
  // Seen at once; what is refused is taken back.
  const isSeen = ids !== null && (field === 'rating' || field === 'favourite');
  const before = isSeen ? ids.map((id) => [id, items.peek(items.indexOf(id))?.[field]]) : [];
  if (isSeen) items.update(ids, { [field]: field === 'rating' && value === 0 ? null : value });
  const answer = await act(() => api.post('marks', { ...body, field, value }), note);
  if (answer === null) {
    for (const [id, earlier] of before) if (earlier !== undefined) items.update([id], { [field]: earlier });
  }
  return answer;
}

/** The pictures in full, as far as a question about them needs. */
async function looked(ids) {
  const some = (ids ?? []).slice(0, mostLookedAt);
  const answers = await Promise.all(some.map((id) => api.get(`pictures/${part(id)}`).catch(() => null)));
  return answers.map((answer) => answer?.asset).filter(Boolean);
}

export const actions = {
  /** 0 takes the stars away. `of`, here and below, is an id, several, or what a selection's `subject()` says. */
  rate: (of, stars, note) => mark(of, 'rating', stars, note),

  /** Makes favourites; where all are, takes it back. `value` says which. */
  async favourite(of, value) {
    const { ids, size } = subject(of);
    if (size === 0) return null;
    const assets = value === undefined && ids && ids.length <= mostLookedAt ? await looked(ids) : [];
    const areAll = assets.length > 0 && assets.every((asset) => asset.favourite);
    return mark(of, 'favourite', value ?? !areAll);
  },

  trash: (of) => mark(of, 'trashed', true),
  restore: (of) => mark(of, 'trashed', false),

  /** Asks which tags, with those that they have. */
  async tag(of) {
    if (isReadOnly()) return null;
    const { body, ids, size } = subject(of);
    if (size === 0) return null;
    const present = new Map();
    const assets = ids && ids.length <= mostLookedAt ? await looked(ids) : [];
    for (const asset of assets) for (const tag of asset.tags ?? []) present.set(tag, (present.get(tag) ?? 0) + 1);
    // What the server refuses is said in the dialog, with what was typed still there.
    const save = (changes) => api.post('tags', { ...body, ...changes });
    const done = await askTags({ label: `Tag ${pictures(size)}`, present, total: size, save });
    return done && act(async () => done);
  },

  addTag: (of, tag) => act(() => api.post('tags', { ...subject(of).body, add: [tag], remove: [] })),

  /** Takes a tag off every picture that has it; it can be undone. */
  dropTag: (tag) => act(() => api.post('tags', { query: `tag:${quoted(tag)}`, add: [], remove: [tag] })),

  /** Adds to a set, which is made where it is not there; without a name it is asked for. */
  async addToSet(of, name) {
    if (isReadOnly()) return null;
    const { body, ids, size } = subject(of);
    if (size === 0) return null;
    const set = name ?? (await askSet({ label: `Add ${pictures(size)} to a set` }))?.name;
    return set ? act(() => api.post(setPath(set), ids ? { add: ids } : body)) : null;
  },

  removeFromSet: (of, name) =>
    act(() => api.post(setPath(name), { remove: subject(of).ids ?? [] })),

  /** Moves pictures within a set, to before or after another of it. */
  moveInSet: (ids, name, place) =>
    act(() => api.post(setPath(name), { move: subject(ids).ids, ...place })),

  async note(id) {
    if (isReadOnly()) return null;
    const [asset] = await looked([id]);
    const text = await askText({
      label: 'Note',
      value: asset?.note ?? '',
      isLong: true,
      isKept: true,
      hint: 'Search with note:word',
    });
    return text === null || text === (asset?.note ?? '') ? null : mark([id], 'note', text);
  },

  async title(id) {
    if (isReadOnly()) return null;
    const [asset] = await looked([id]);
    const text = await askText({ label: 'Title', value: asset?.title ?? '', isKept: true });
    return text === null || text === (asset?.title ?? '') ? null : mark([id], 'title', text);
  },

  async createSet({ name, query, of } = {}) {
    const wanted = name ?? await askText({
      label: query ? 'Save this search as a smart set' : of ? `New set of ${pictures(subject(of).size)}` : 'New set',
      placeholder: 'Name',
      action: 'Save',
      hint: query ? `Always shows the current results of “${query}”.` : '',
      check: nameProblem(),
    });
    if (!wanted) return null;
    if (of) return actions.addToSet(of, wanted);
    return act(() => api.post('sets', query ? { name: wanted, query } : { name: wanted }));
  },

  async renameSet(name) {
    const wanted = await askText({ label: 'Rename set', value: name, action: 'Rename', check: nameProblem(name) });
    return !wanted || wanted === name
      ? null
      : (await act(() => api.patch(setPath(name), { name: wanted }))) && wanted;
  },

  async duplicateSet(name) {
    const wanted = await askText({
      label: `Duplicate “${name}”`,
      value: `${name} copy`,
      action: 'Duplicate',
      check: nameProblem(),
    });
    return wanted ? act(() => api.post('sets', { name: wanted, from: name })) : null;
  },

  async editQuery(set) {
    const query = await askText({
      label: `What “${set.name}” finds`,
      value: set.query ?? '',
      hint: 'A search, as in the box above the pictures.',
    });
    return !query || query === set.query
      ? null
      : act(() => api.patch(setPath(set.name), { query }));
  },

  setCover: (name, id) => act(() => api.patch(setPath(name), { cover: id })),

  /** The pictures stay, and it can be undone: nothing to ask. */
  deleteSet: (name) => act(() => api.delete(setPath(name))),

  /** Takes back what a message on screen offers to, else the newest change. */
  async undo() {
    if (hasFailed) {
      hasFailed = false;
      toast('The last action failed, so there was nothing to undo. Undo again to undo the one before it.');
      return;
    }
    if (toast.takeBack()) return;
    try {
      const answer = await api.post('undo');
      toast.settleErrors();
      toast.settle(answer);
      library.refresh();
      toast(answer.message, answer.action ? { action: { label: 'Redo', run: actions.redo } } : {});
    } catch (error) {
      toast.error(error);
    }
  },

  redo: () => act(() => api.post('redo')),

  /** Puts a text on the clipboard and says what it was. */
  async copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      toast(`Copied ${what}`);
    } catch {
      await confirm({ label: `Copy ${what}`, text, action: 'Done' });
    }
  },
};

/** Why a name cannot be a set's; null when it can. */
function nameProblem(itself = null) {
  return (name) => {
    if (!name) return 'A set needs a name.';
    if (/[",]/.test(name) || /^[@-]/.test(name)) return 'A name has no comma or quote, and does not begin with @ or -.';
    if (name !== itself && library.sets.some((set) => set.name === name)) return `There is already a set called “${name}”.`;
    return null;
  };
}
