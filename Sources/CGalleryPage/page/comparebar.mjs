// The bar above pictures that are compared: how they are compared, where the next pictures come from, how large they are.

import { h, icon } from './dom.mjs';
import { format } from './format.mjs';

/** How differences can be looked at; all but the first lay two over each other. */
export const modes = [
  { name: 'side', label: 'Side by side', key: 's' },
  { name: 'slider', label: 'Slider', key: 'w' },
  { name: 'flicker', label: 'Flicker', key: 'b' },
  { name: 'difference', label: 'Difference', key: 'd' },
];

/** `run` has what the buttons do: `leave mode(name) source gain link`. */
export class CompareBar {
  constructor(run) {
    const button = (kind, click, properties, ...content) =>
      h('button', {
        class: `button quiet ${kind}`,
        type: 'button',
        ...properties,
        on: { click },
      }, ...content);
    const back = button(
      'leave',
      run.leave,
      { aria: { label: 'Back' } },
      icon('back'),
      h('span', {}, 'Back'),
      h('kbd', {}, 'Esc'),
    );
    this.heading = h('h1', {});
    this.source = button('source', run.source, { title: 'Next pictures from the results or of the same prompt (R)' });
    this.modes = modes.map(({ name, label, key }) =>
      button('mode', () => run.mode(name), {
        role: 'radio',
        title: `${label} (${key.toUpperCase()})`,
        aria: { label },
      }, label)
    );
    this.gain = button('gain', run.gain, { title: 'Make small differences stronger (G)', hidden: true });
    this.link = button('link-zoom', run.link, { title: 'Zoom and pan together (K)' });
    this.element = h(
      'header',
      { class: 'top' },
      back,
      this.heading,
      this.source,
      h('span', { class: 'grow' }),
      h('span', { class: 'modes', role: 'radiogroup', aria: { label: 'How to compare' } }, this.modes),
      this.gain,
      this.link,
    );
  }

  /** `source` is in words; `gain` is how much stronger differences are drawn. */
  show({ count, source, mode, gain }) {
    this.heading.textContent = `Comparing ${format.plural(count, 'picture')}`;
    this.source.textContent = source;
    modes.forEach(({ name }, index) => {
      this.modes[index].classList.toggle('on', name === mode);
      this.modes[index].setAttribute('aria-checked', String(name === mode));
    });
    this.gain.hidden = mode !== 'difference';
    this.gain.textContent = `× ${gain}`;
  }

  /** What lies over each other is always linked. */
  showZoom(zoom, { isLinked, canUnlink }) {
    const size = zoom.isFit ? 'fit' : `${Math.round(zoom.pixels * 100)}%`;
    this.link.textContent = `${isLinked ? 'Linked' : 'Own'} zoom · ${size}`;
    this.link.setAttribute('aria-pressed', String(isLinked));
    this.link.disabled = !canUnlink;
  }
}
