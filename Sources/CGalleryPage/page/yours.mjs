// What a person said of a picture: title, note, tags and sets, each of which can be changed here.

import { actions } from './actions.mjs';
import { api } from './api.mjs';
import { h, icon } from './dom.mjs';
import { idOf } from './facts.mjs';
import { section } from './informing.mjs';
import { address } from './router.mjs';
import { toast } from './toasts.mjs';

/** The section of title, note, tags and sets. */
export function yours(detail) {
  const { asset } = detail;
  const id = idOf(detail);
  const add = (text, key, click) =>
    h(
      'button',
      {
        class: 'link',
        type: 'button',
        dataset: { key: text },
        on: { click },
      },
      text,
      ' ',
      h('kbd', {}, key),
    );
  const said = (name, content, button) =>
    h(
      'div',
      { class: 'said' },
      h('span', { class: 'label' }, name),
      content,
      button,
    );
  const text = (name, key, value, click) =>
    said(
      name,
      value ? h('p', { dir: 'auto' }, value) : null,
      add(`${value ? 'Change' : 'Add a'} ${name.toLowerCase()}`, key, click),
    );
  const quoted = (name) => (/^[\p{L}\p{N}_./-]+$/u.test(name) ? name : `"${name}"`);
  const chips = (
    names,
    field,
    remove,
    label,
  ) =>
    names.length > 0 &&
    h(
      'ul',
      { class: 'own-chips' },
      names.map((name) =>
        h(
          'li',
          { class: 'own-chip' },
          h('a', { href: address.grid(`${field}:${quoted(name)}`), dir: 'auto' }, name),
          h(
            'button',
            { type: 'button', aria: { label: `${label} ${name}` }, on: { click: () => remove(name) } },
            icon('close'),
          ),
        )
      ),
    );
  const untag = async (tag) => {
    try {
      const answer = await api.post('tags', { ids: [id], add: [], remove: [tag] });
      toast(answer.message, { undo: answer.action ?? undefined });
    } catch (error) {
      toast.error(error);
    }
  };
  return section(
    'Your notes',
    null,
    text('Title', 'E', asset.title, () => actions.title(id)),
    text('Note', 'N', asset.note, () => actions.note(id)),
    said('Tags', chips(asset.tags, 'tag', untag, 'Remove the tag'), add('Add tags', 'T', () => actions.tag([id]))),
    said(
      'Sets',
      chips(asset.sets, 'set', (set) => actions.removeFromSet([id], set), 'Remove from'),
      add('Add to a set', 'S', () => actions.addToSet([id])),
    ),
  );
}
