// Dialogs in which a tag or a set is named: what there is is suggested, what is new is made.

import { openDialog } from './dialogs.mjs';
import { h, icon, replace } from './dom.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { suggesting } from './suggesting.mjs';

/** Whether a text is found in another whatever its case and accents. */
export const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

const most = 50;

/** Those whose name has the text: names that begin with it first. */
function matching(list, text, leftOut = new Set()) {
  const wanted = plain(text);
  const found = list.filter((one) => !leftOut.has(one.name) && plain(one.name).includes(wanted));
  if (wanted) found.sort((one, other) => plain(other.name).startsWith(wanted) - plain(one.name).startsWith(wanted));
  return found.slice(0, most);
}

export const thumbnail = (
  digest,
  className = 'cover',
) => (digest
  ? h('img', {
    class: className,
    src: `/thumbnails/${digest}/256`,
    alt: '',
    loading: 'lazy',
    decoding: 'async',
    draggable: false,
    on: { error: (event) => event.target.replaceWith(h('span', { class: className })) },
  })
  : h('span', { class: className }));

/** Sets as rows of a list of suggestions. */
const setRows = (sets, text, leftOut) =>
  matching(sets, text, leftOut).map((set) => ({
    key: set.name,
    set: { name: set.name, isNew: false },
    node: [
      thumbnail(set.cover),
      h('span', { class: 'suggestion-name', dir: 'auto' }, set.name),
      h('span', { class: 'count' }, format.count(set.count)),
    ],
  }));

/**
 * Suggests sets beneath a field in which one may be named. `wanted(text)` says what of its text is a set's name, or null where it is none;
 * `pick(name)` hears of a choice. Smart sets are offered to those who only read one (`isRead`). Answers the field with its list, which is below
 * it or `isAbove`.
 */
export function withSetSuggestions(field, { wanted, pick, isRead = false, isAbove = false }) {
  const list = suggesting(field, {
    label: 'Sets',
    pick: (row) => {
      list.hide();
      pick(row.set.name);
    },
  });
  const show = () => {
    const text = wanted(field.value.trim());
    list.show(text === null ? [] : setRows(library.sets.filter((set) => isRead || !set.is_smart), text));
  };
  field.addEventListener('input', show);
  field.addEventListener('focus', show);
  field.addEventListener('blur', () => list.hide());
  // Before the field's own keys: Enter takes what is chosen.
  field.addEventListener('keydown', (event) => {
    if (list.key(event)) event.stopImmediatePropagation();
    else if (event.key === 'Enter') list.hide();
  });
  return h('div', { class: `with-suggestions${isAbove ? ' above' : ''}` }, field, list.box);
}

/**
 * Asks which set. Resolves to `{name, isNew}` or null. Smart sets hold what they find, so they are not offered.
 */
export async function askSet({ label, leftOut = [] }) {
  let answer = null;
  const field = h('input', {
    type: 'text',
    placeholder: 'Name of a set',
    dir: 'auto',
    spellcheck: false,
    autofocus: true,
    aria: { label: 'Set' },
  });
  let dialog = null;
  const list = suggesting(field, {
    label: 'Sets',
    isFirstChosen: true,
    isLasting: true,
    className: 'in-dialog',
    pick: (row) => {
      answer = row.set;
      dialog.close();
    },
  });
  const show = () => {
    const text = field.value.trim().replace(/^@/, '');
    const rows = setRows(library.sets.filter((set) => !set.is_smart), text, new Set(leftOut));
    if (text && !library.sets.some((set) => set.name === text)) {
      rows.push({
        key: `new ${text}`,
        set: { name: text, isNew: true },
        node: [icon('plus'), h('span', { class: 'suggestion-name' }, 'New set ', h('b', { dir: 'auto' }, text))],
      });
    }
    list.show(rows);
  };
  field.addEventListener('input', show);
  field.addEventListener('keydown', (event) => list.key(event));
  dialog = openDialog({
    label,
    className: 'choosing',
    content: [
      field,
      list.box,
      h(
        'p',
        { class: 'secondary small key-hint' },
        h('kbd', {}, '↑↓'),
        ' select · ',
        h('kbd', {}, 'Enter'),
        ' add · ',
        h('kbd', {}, 'Esc'),
        ' cancel',
      ),
    ],
    buttons: [{ label: 'Cancel' }],
  });
  show();
  await dialog.closed;
  return answer;
}

/** Why a text cannot be a tag; null when it can, as far as is known here. */
function tagProblem(tag) {
  if (tag.length > 100) return 'A tag has 100 characters at most.';
  if (/["\p{Cc}]/u.test(tag)) return `“${tag}” cannot be a tag: a tag has no quotes.`;
  if (tag.startsWith('-')) return `“${tag}” cannot be a tag: a tag does not begin with a minus sign.`;
  return null;
}

/**
 * Asks for tags. `present` maps each tag that the pictures have to how many have it; `total` is how many pictures
 * there are. `save` is given `{add: [], remove: []}`; what it throws is said and the dialog stays. Resolves to what it
 * answered, or to null.
 */
export async function askTags({ label, present = new Map(), total = 1, save }) {
  let answer = null;
  const added = new Set();
  const removed = new Set();
  const chips = h('div', { class: 'chips', role: 'list', aria: { label: 'Tags' } });
  const field = h('input', {
    type: 'text',
    placeholder: 'Tag',
    dir: 'auto',
    spellcheck: false,
    autofocus: true,
    aria: { label: 'Tag' },
  });
  const list = suggesting(field, {
    label: 'Tags',
    isFirstChosen: false,
    isLasting: true,
    className: 'in-dialog',
    pick: (row) => take(row.tag),
  });

  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });

  function say(text) {
    problem.textContent = text ?? '';
    problem.hidden = !text;
  }

  /** Takes what was typed; what cannot be a tag stays in the field. Answers whether all was taken. */
  function take(text) {
    const wrong = [];
    say(null);
    for (const tag of text.split(',').map((one) => one.trim()).filter(Boolean)) {
      if (tagProblem(tag)) {
        wrong.push(tag);
        continue;
      }
      removed.delete(tag);
      if (present.get(tag) !== total) added.add(tag);
    }
    field.value = wrong.join(' ');
    show();
    if (wrong.length) say(tagProblem(wrong[0]));
    return !wrong.length;
  }
  function show() {
    replace(
      chips,
      [...present].map(([tag, count]) =>
        chip(tag, removed.has(tag) ? 'removed' : '', count < total && !added.has(tag) ? `${count} of ${total}` : '')
      ),
      [...added].filter((tag) => !present.has(tag)).map((tag) => chip(tag, 'added', '')),
    );
    chips.hidden = chips.childElementCount === 0;
    const text = field.value.trim();
    const rows = matching(library.tags, text, new Set([...added])).map((tag) => ({
      key: tag.name,
      tag: tag.name,
      node: [
        icon('tag'),
        h('span', { class: 'suggestion-name', dir: 'auto' }, tag.name),
        h('span', { class: 'count' }, format.count(tag.count)),
      ],
    }));
    if (text && !tagProblem(text) && !library.tags.some((tag) => tag.name === text)) {
      rows.unshift({
        key: `new ${text}`,
        tag: text,
        node: [icon('plus'), h('span', { class: 'suggestion-name' }, 'New tag ', h('b', { dir: 'auto' }, text))],
      });
    }
    list.show(rows);
  }
  function chip(tag, state, detail) {
    const isGone = state === 'removed';
    return h(
      'span',
      { role: 'listitem', class: `chip ${state}` },
      h('span', { dir: 'auto' }, tag),
      detail && h('small', {}, detail),
      h('button', {
        type: 'button',
        aria: { label: isGone ? `Keep ${tag}` : `Remove ${tag}` },
        on: {
          click: () => {
            if (added.has(tag) && !present.has(tag)) added.delete(tag);
            else if (isGone) removed.delete(tag);
            else removed.add(tag);
            show();
            field.focus();
          },
        },
      }, icon(isGone ? 'plus' : 'close')),
    );
  }
  // A comma ends a tag, for several; Enter takes what is there and saves.
  field.addEventListener('input', () => {
    if (field.value.includes(',')) {
      take(field.value);
    } else {
      say(null);
      show();
    }
  });
  field.addEventListener('keydown', (event) => {
    if (list.key(event) || event.isComposing) return;
    if (event.key === 'Backspace' && !field.value && added.size) {
      added.delete([...added].at(-1));
      show();
    }
  });
  const dialog = openDialog({
    label,
    className: 'choosing',
    content: [chips, field, problem, list.box],
    buttons: [
      { label: 'Cancel' },
      {
        label: 'Save tags',
        isMain: true,
        key: 'Enter',
        run: async () => {
          if (field.value.trim() && !take(field.value)) return false;
          const changes = { add: [...added], remove: [...removed] };
          if (!changes.add.length && !changes.remove.length) return true;
          try {
            answer = await save(changes);
          } catch (error) {
            say(error.message);
            field.focus();
            return false;
          }
          return true;
        },
      },
    ],
  });
  show();
  await dialog.closed;
  return answer;
}
