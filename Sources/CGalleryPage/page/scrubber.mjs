// Years and months at the side of the grid: where one is, and a way to anywhere.

import { h } from './dom.mjs';

const month = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' });
const short = new Intl.DateTimeFormat(undefined, { month: 'short' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

const dateOf = (text) => {
  const [y, m, d] = text.split('-').map(Number);
  return new Date(y, m - 1, d);
};

export class Scrubber {
  /** `onGo(y)` hears where to go in the layout. */
  constructor(onGo) {
    this.onGo = onGo;
    this.mark = h('div', { class: 'scrubber-mark' });
    this.words = h('div', { class: 'scrubber-words' });
    this.labels = h('div');
    this.element = h(
      'div',
      {
        class: 'scrubber',
        role: 'slider',
        tabIndex: 0,
        aria: { orientation: 'vertical', label: 'Place in time', valuemin: 0, valuemax: 1000, valuenow: 0 },
        on: {
          pointerdown: (event) => this.hold(event),
          pointermove: (event) => this.drag(event),
          pointerup: (event) => this.release(event),
          pointercancel: (event) => this.release(event),
          pointerleave: () => this.update(),
          keydown: (event) => this.key(event),
        },
      },
      this.labels,
      this.mark,
      this.words,
    );
    this.y = 0;
  }

  /** Takes a layout: which day lies where. `isByTime` decides what the labels are. */
  take(layout, isByTime, view, count) {
    Object.assign(this, { layout, view, count });
    this.isByTime = isByTime && layout.days.length > 0;
    this.height = this.element.clientHeight || view;
    this.most = Math.max(1, layout.height - view);
    this.element.hidden = layout.height <= view;
    this.element.setAttribute('aria-label', this.isByTime ? 'Place in time' : 'Place in the list');
    this.label();
    this.update();
  }

  /** Labels of years, dots for months, as far as there is room: at least 16 px between labels and 7 px between dots. */
  label() {
    const nodes = [];
    if (this.isByTime) {
      let last = '';
      let lastLabel = -Infinity;
      let lastDot = -Infinity;
      const { days } = this.layout;
      const starts = [];
      days.forEach(({ day: text }, section) => {
        if (text.slice(0, 7) === last) return;
        const isYear = text.slice(0, 4) !== last.slice(0, 4);
        last = text.slice(0, 7);
        starts.push({ text, isYear, at: this.atOf(this.layout.sectionTop[section]) });
      });
      // Years first: a month gives way to them.
      const years = starts.filter(({ isYear }) => isYear);
      const taken = [];
      // Within one year, or two, the months are what tells places apart.
      const named = years.length > 2 ? years : starts;
      for (const { text, at, isYear } of named) {
        if (at - lastLabel < 18) continue;
        lastLabel = at;
        taken.push(at);
        nodes.push(
          h(
            'span',
            { style: { top: `${at}px` } },
            isYear && years.length > 1 ? `’${text.slice(2, 4)}` : short.format(dateOf(text)),
          ),
        );
      }
      for (const { at, isYear } of starts) {
        if (isYear || at - lastDot < 7 || taken.some((other) => Math.abs(other - at) < 10)) continue;
        lastDot = at;
        nodes.push(h('i', { style: { top: `${at}px` } }));
      }
    }
    this.labels.replaceChildren(...nodes);
  }

  /** Where a height of the layout is on the scrubber: 10 px are left free at both ends. */
  atOf(y) {
    return 10 + Math.min(1, y / this.most) * (this.height - 20);
  }

  yOf(at) {
    return Math.max(0, Math.min(1, (at - 10) / (this.height - 20))) * this.most;
  }

  wordsOf(y, isDay = true) {
    const { layout } = this;
    if (!layout.rowCount) return '';
    if (this.isByTime) {
      const section = Math.min(layout.days.length - 1, layout.sectionAt(y + 1));
      return (isDay ? day : month).format(dateOf(layout.days[section].day));
    }
    const item = Math.max(0, layout.itemOfCell[layout.rowFirst[layout.rowAt(y + 1)]]);
    return `${(item + 1).toLocaleString()} of ${this.count.toLocaleString()}`;
  }

  /** Shows where the grid is. */
  update(y = this.y) {
    this.y = y;
    if (!this.layout || this.element.hidden) return;
    const at = this.atOf(y);
    this.mark.style.transform = `translateY(${at - 1}px)`;
    this.say(at, y);
    this.element.setAttribute('aria-valuenow', Math.round(y / this.most * 1000));
    this.element.setAttribute('aria-valuetext', this.wordsOf(y));
  }

  say(at, y) {
    this.words.textContent = this.wordsOf(y);
    this.words.style.transform = `translateY(${Math.max(0, Math.min(this.height - 24, at - 11))}px)`;
  }

  placeOf(event) {
    return event.clientY - this.element.getBoundingClientRect().top;
  }

  hold(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('held');
    this.isHeld = true;
    this.drag(event);
  }

  drag(event) {
    const at = this.placeOf(event);
    const y = this.yOf(at);
    if (!this.isHeld) {
      this.say(at, y);
      return;
    }
    this.next = y;
    // As often as the screen shows it.
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.onGo(this.next);
    });
  }

  release() {
    this.isHeld = false;
    this.element.classList.remove('held');
  }

  /** Arrows a section (or a screen), Page keys a month and year's worth, Home and End the ends. */
  key(event) {
    const { layout, y } = this;
    const section = layout.sectionAt(y + 1);
    const tops = layout.sectionTop;
    const sections = layout.days.length;
    const isOther = (length) => (step) => {
      const from = layout.days[section].day.slice(0, length);
      let place = section;
      while (place + step >= 0 && place + step < sections && layout.days[place].day.slice(0, length) === from) {
        place += step;
      }
      return tops[place];
    };
    const steps = this.isByTime
      ? { one: isOther(7), many: isOther(4) }
      : { one: (step) => y + step * this.view, many: (step) => y + step * this.most / 10 };
    const goals = {
      ArrowDown: () => steps.one(1),
      ArrowUp: () => steps.one(-1),
      ArrowRight: () => steps.one(1),
      ArrowLeft: () => steps.one(-1),
      PageDown: () => steps.many(1),
      PageUp: () => steps.many(-1),
      Home: () => 0,
      End: () => this.most,
    };
    const goal = goals[event.key]?.();
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.onGo(Math.max(0, Math.min(this.most, goal)));
  }
}
