// The pieces of the information panel: facts in two columns, texts that fold, buttons that copy.

import { h } from './dom.mjs';
import { format } from './format.mjs';
import { toast } from './toasts.mjs';

/** A prompt longer than this is folded. */
const longPrompt = 700;

/** A section with its title and, at the right, what can be done. */
export function section(title, aside, ...content) {
  return h('section', {}, h('h2', {}, h('span', {}, title), aside), ...content);
}

/** Asked beside got: equal and other by sign, weight and colour. */
export function factTable(rows) {
  const signs = { same: ['= ', 'equal: '], other: ['≠ ', 'different: '] };
  return h(
    'table',
    { class: 'asked' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}),
        h('th', { scope: 'col' }, 'requested'),
        h('th', { scope: 'col' }, 'received'),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, row.name),
          h('td', {}, row.asked),
          h(
            'td',
            { class: row.is },
            row.is && [
              h('span', { aria: { hidden: 'true' } }, signs[row.is][0]),
              h('span', { class: 'unseen' }, signs[row.is][1]),
            ],
            row.got,
          ),
        )
      ),
    ),
  );
}

/** Until when fal holds an upload, and why until then. */
export function untilWords(upload) {
  if (upload.lost_at) return `gone since ${format.date(upload.lost_at)}`;
  const why = upload.expiry === 'account_default'
    ? ' (your account’s default)'
    : upload.expiry === 'asked'
    ? ' (asked for)'
    : '';
  return `${upload.expires_at ? `until ${format.date(upload.expires_at)}` : 'no expiry known'}${why}`;
}

/** The part that is used, drawn over the whole: what is cut off is darkened. */
export function crop(
  { cropped_share: share, seen_width: width, seen_height: height, display_width: w, display_height: hgt },
) {
  if (!(share > 0.0005) || !width || !w) return null;
  const [whole, used] = [w / hgt, width / height];
  const part = used < whole ? { inset: `0 ${(1 - used / whole) * 50}%` } : { inset: `${(1 - whole / used) * 50}% 0` };
  return h('i', { class: 'cut', style: part });
}

/** A text in its own direction; a long one is folded to its beginning. */
export function foldable(text, extra = '') {
  const element = h('p', { class: `prompt ${extra}`, dir: 'auto' }, text);
  if (text.length <= longPrompt) return element;
  element.classList.add('folded');
  const words = text.trim().split(/\s+/).length;
  const button = h('button', {
    class: 'link',
    type: 'button',
    aria: { expanded: 'false' },
    on: {
      click: () => {
        const isFolded = element.classList.toggle('folded');
        button.textContent = isFolded ? more : 'Show less';
        button.setAttribute('aria-expanded', String(!isFolded));
      },
    },
  });
  const more = words > 20 ? `Show all ${format.count(words)} words` : 'Show all';
  button.textContent = more;
  return h('div', {}, element, button);
}

/** A button that copies and says so. `key` finds it again when the panel is made over. */
export function copyButton(text, value, key, label) {
  const click = async () => {
    if (!await copy(value)) return;
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = text;
    }, 1200);
  };
  const button = h('button', {
    class: 'link',
    type: 'button',
    dataset: { key: `copy ${key}` },
    aria: { label },
    on: { click },
  }, text);
  return button;
}

/** Puts a text on the clipboard, also where the page came over plain HTTP from another machine. */
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      toast.error(error);
      return false;
    }
    return true;
  }
  const area = h('textarea', { class: 'unseen', value: text });
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  return isDone;
}
