// The headers of days, which stick at the top as long as their day is seen.

import { h, icon } from './dom.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';

export class Sections {
  elements = new Map();

  /** Firefox moves what headers lie in without asking again where they stick, unless their sections change. */
  nudge() {
    this.nudged = ((this.nudged ?? 0) + 1) % 16;
    for (const element of this.elements.values()) element.style.height = `${element.reach + this.nudged / 16}px`;
  }

  clear() {
    for (const element of this.elements.values()) element.remove();
    this.elements.clear();
  }

  /** Draws the headers of the rows from `first` to `last`; `wall` has the rows. */
  draw(wall, first, last) {
    const { layout } = wall;
    const wanted = new Set();
    if (layout.header && last >= first) {
      const to = layout.sectionOfRow(last);
      for (let section = layout.sectionOfRow(first); section <= to; section += 1) {
        wanted.add(section);
        let element = this.elements.get(section);
        if (!element) {
          element = make();
          this.elements.set(section, element);
        }
        // Read before its first row.
        const row = wall.rows.get(Math.max(first, layout.sectionRow[section]))?.element;
        if (row && row.previousElementSibling !== element) row.before(element);
        else if (!element.isConnected) wall.layer.append(element);
        // As long as what is drawn, at most: the header sticks within it.
        const top = Math.max(layout.sectionTop[section], (layout.rowTop[first] ?? 0) - 4 * wall.scroller.view);
        const bottom = Math.min(layout.sectionTop[section + 1], layout.rowTop[last] + 4 * wall.scroller.view);
        element.style.top = `${top - wall.base}px`;
        element.reach = bottom - top;
        element.style.height = `${element.reach + (this.nudged ?? 0) / 16}px`;
        name(wall, element, section);
      }
    }
    for (const [section, element] of this.elements) {
      if (!wanted.has(section)) {
        element.remove();
        this.elements.delete(section);
      }
    }
  }
}

function make() {
  const day = h('span', { role: 'rowheader' });
  const count = h('small', { role: 'gridcell' });
  const tick = h(
    'button',
    { class: 'grid-day-tick', type: 'button', tabIndex: -1, title: 'Select this day' },
    icon('tick'),
  );
  const element = h(
    'div',
    { class: 'grid-section', role: 'presentation' },
    h('div', { class: 'grid-day', role: 'row' }, day, count, h('span', { role: 'gridcell' }, tick)),
  );
  Object.assign(element, { day, count, tick });
  return element;
}

function name({ layout, pending }, element, section) {
  const { day, count } = layout.days[section];
  const making = section === 0 ? pending.length : 0;
  element.day.textContent = format.day(day);
  element.count.textContent = [
    count && (items.isReady || section + 1 < layout.days.length) && format.plural(count, 'picture'),
    making && `${format.count(making)} in progress`,
  ].filter(Boolean).join(', ');
  element.tick.setAttribute('aria-label', `Select ${format.day(day)}`);
  element.tick.hidden = !count;
  element.tick.dataset.from = layout.sectionItem[section];
  element.tick.dataset.to = layout.sectionItem[section] + count - 1;
}
