// A list of suggestions beneath a text field: a combobox, as its keys and names in the accessibility tree say.

import { h, replace } from './dom.mjs';

let count = 0;

/**
 * Gives a field a list. `show(rows)` fills it: each `{node, pick}`; `hide()` closes it. `pick(row)` hears of a choice
 * by Enter, Tab or a click. Nothing is chosen until an arrow key chose it, so that Enter means what was typed;
 * `isFirstChosen` is for lists where it means the first row, `isLasting` for those that Escape does not close, being all that a dialog has.
 */
export function suggesting(field, { label, pick, isFirstChosen = false, isLasting = false, foot = null, className = '' }) {
  const id = `list-${count += 1}`;
  const list = h('div', { id, role: 'listbox', class: `suggestions ${className}`, aria: { label }, hidden: true });
  const box = h('div', { class: 'suggestions-box', hidden: true }, list, foot);
  let rows = [];
  let active = -1;

  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-expanded', 'false');
  field.setAttribute('aria-controls', id);
  field.setAttribute('autocomplete', 'off');

  function choose(index) {
    list.children[active]?.setAttribute('aria-selected', 'false');
    active = index;
    const row = list.children[active];
    if (row) {
      row.setAttribute('aria-selected', 'true');
      row.scrollIntoView({ block: 'nearest' });
      field.setAttribute('aria-activedescendant', row.id);
    } else {
      field.removeAttribute('aria-activedescendant');
    }
  }

  const self = {
    box,
    get isOpen() {
      return !list.hidden;
    },
    get chosen() {
      return rows[active] ?? null;
    },
    show(next) {
      const kept = active >= 0 ? rows[active]?.key : undefined;
      rows = next;
      replace(
        list,
        rows.map((row, index) =>
          h('div', {
            id: `${id}-${index}`,
            role: 'option',
            aria: { selected: 'false' },
            on: {
              // A press must not take the focus from the field.
              pointerdown: (event) => event.preventDefault(),
              click: () => pick(row),
            },
          }, row.node)
        ),
      );
      list.hidden = rows.length === 0;
      box.hidden = list.hidden && !foot?.childNodes.length;
      field.setAttribute('aria-expanded', String(!list.hidden));
      active = -1;
      const again = kept === undefined ? -1 : rows.findIndex((row) => row.key === kept);
      choose(again >= 0 ? again : isFirstChosen && rows.length ? 0 : -1);
    },
    hide() {
      list.hidden = true;
      box.hidden = true;
      field.setAttribute('aria-expanded', 'false');
      choose(-1);
    },
    /** A key of the field; true when the list took it. */
    key(event) {
      if (event.isComposing || !self.isOpen || event.altKey || event.ctrlKey || event.metaKey) return false;
      if (event.key === 'ArrowDown') choose(active + 1 >= rows.length ? (isFirstChosen ? 0 : -1) : active + 1);
      else if (event.key === 'ArrowUp') {
        choose(active < 0 ? rows.length - 1 : active === 0 && isFirstChosen ? rows.length - 1 : active - 1);
      } else if (event.key === 'Escape' && !isLasting) self.hide();
      else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && active >= 0) pick(rows[active]);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
  return self;
}
