// Every key that does something here, by group.

import { openDialog } from './dialogs.mjs';
import { h } from './dom.mjs';
import { keys } from './keys.mjs';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const words = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  Mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  Enter: 'Enter',
  ' ': 'Space',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
};

/** A key as it stands on a keyboard: `Shift+z` is Shift Z. */
export function keyName(key) {
  const parts = key === '+' ? ['+'] : key.split('+');
  return parts.map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

export function showHelp() {
  const groups = new Map();
  // Over a picture the keys of the grid are not heard.
  const isOver = !document.getElementById('over').hidden;
  for (const { key, label, group } of keys.shown()) {
    const name = group || 'Here';
    if (isOver && (name === 'Grid' || name === 'Pictures')) continue;
    if (!groups.has(name)) groups.set(name, new Map());
    const rows = groups.get(name);
    // Several keys of one thing stand in one line: 0 … 5.
    rows.set(label, [...(rows.get(label) ?? []), key]);
  }
  const names = [...groups.keys()].sort((one, other) => (one === 'Anywhere') - (other === 'Anywhere'));
  openDialog({
    label: 'Keys',
    className: 'wide help',
    // What scrolls is around the columns: with a height of their own they would go on to the right.
    content: h('div', { class: 'keys-list' }, h(
      'div',
      { class: 'keys' },
      names.map((name) =>
        h(
          'section',
          {},
          h('h3', { class: 'label' }, name),
          h(
            'dl',
            {},
            [...groups.get(name)].map(([label, all]) =>
              h(
                'div',
                {},
                h('dt', {}, label),
                h(
                  'dd',
                  {},
                  all.map((key, index) => [index > 0 && ' ', keyName(key).map((part) => h('kbd', {}, part))]),
                ),
              )
            ),
          ),
        )
      ),
    )),
    buttons: [{ label: 'Close', isMain: true }],
  });
}
