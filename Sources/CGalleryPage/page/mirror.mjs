// The text of the search box as it is understood. The field's own text is transparent and the mirror, one text of the same
// letters, shows through; its colours are highlights, so that joined letters (Arabic) stay joined, and a composition
// (Japanese) is shown as the field has it.

import { h } from './dom.mjs';
import { movedSpans } from './spans.mjs';

const kinds = ['field', 'phrase', 'operator', 'text', 'unknown'];

let element = null;
let field = null;
let text = '';
let spans = [];
let following = 0;

export const mirror = {
  make(of) {
    field = of;
    element = h('div', { class: 'mirror', dir: 'auto', aria: { hidden: 'true' } });
    return element;
  },

  /** Shows a text that was not read yet: what is known of its parts moves with them. */
  type(query) {
    mirror.paint(query, movedSpans(spans, text, query));
  },

  /** Shows a text with its parts. */
  paint(query, next) {
    text = query;
    spans = next;
    element.textContent = query;
    const node = element.firstChild;
    if (globalThis.Highlight) {
      for (const kind of kinds) {
        const ranges = node === null ? [] : spans
          .filter((span) => span.kind === kind && span.start + span.length <= query.length)
          .map(({ start, length }) => new StaticRange({
            startContainer: node,
            startOffset: start,
            endContainer: node,
            endOffset: start + length,
          }));
        CSS.highlights.set(`query-${kind}`, new Highlight(...ranges));
      }
      element.dataset.kinds = [...new Set(spans.map((span) => span.kind))].join(' ');
    }
    mirror.follow();
  },

  /** Scrolls with the field, before the next frame: asking where the field is scrolled to lays out the page. */
  follow() {
    cancelAnimationFrame(following);
    following = requestAnimationFrame(() => {
      const { scrollLeft } = field;
      if (element.scrollLeft !== scrollLeft) element.scrollLeft = scrollLeft;
    });
  },
};
