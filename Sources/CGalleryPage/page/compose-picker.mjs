// A dialog in which pictures of the library are chosen by looking.

import { api } from './api.mjs';
import { h, replace } from './dom.mjs';
import { keys } from './keys.mjs';
import { openEnded } from './spans.mjs';

/** Lets a person choose pictures. Resolves to their digests in the order of choosing, or to null. `taken` are marked as chosen already. */
export function pickPictures(taken = []) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const chosen = [];
    const field = h('input', { type: 'search', class: 'field', placeholder: 'Search', aria: { label: 'Search pictures' } });
    const list = h('div', { class: 'picker-list', role: 'listbox', aria: { multiselectable: 'true', label: 'Pictures' } });
    const done = h('button', { class: 'button main', type: 'button', disabled: true, on: { click: () => end(chosen) } }, 'Add');
    const dialog = h('dialog', { class: 'picker', aria: { label: 'Choose references' } },
      h('h2', { class: 'picker-title' }, 'Choose references'),
      h('div', { class: 'picker-bar' }, field, h('button', { class: 'button quiet', type: 'button', on: { click: () => end(null) } }, 'Cancel'), done),
      list);
    const scope = keys.scope('picker', { isModal: true });

    function end(result) {
      scope.close();
      dialog.close();
      dialog.remove();
      before?.focus?.();
      resolve(result);
    }

    function tell() {
      done.disabled = chosen.length === 0;
      done.textContent = chosen.length ? `Add ${chosen.length}` : 'Add';
    }

    function option(item) {
      const isTaken = taken.includes(item.digest);
      const element = h('button', {
        type: 'button', class: 'picker-item', role: 'option', disabled: isTaken, title: item.prompt ?? item.name ?? '',
        aria: { selected: String(isTaken || chosen.includes(item.digest)), label: item.prompt ?? item.name ?? item.digest.slice(0, 12) },
        on: {
          click() {
            const index = chosen.indexOf(item.digest);
            if (index < 0) chosen.push(item.digest);
            else chosen.splice(index, 1);
            element.setAttribute('aria-selected', String(index < 0));
            tell();
          },
        },
      }, h('img', { src: `/thumbnails/${item.digest}/256`, alt: '', loading: 'lazy' }), isTaken && h('span', { class: 'picker-taken' }, 'In use'));
      return element;
    }

    let query = null;
    let next = null;
    let controller = null;
    async function load(more = false) {
      if (!more && query === field.value) return;
      controller?.abort();
      controller = new AbortController();
      query = field.value;
      try {
        const answer = await api.get('pictures', { q: openEnded(query), limit: 80, after: more ? next : undefined }, { signal: controller.signal });
        next = answer.next;
        const options = answer.items.map(option);
        if (more) list.append(...options);
        else replace(list, options.length ? options : h('p', { class: 'secondary' }, 'No pictures'));
      } catch { /* Overtaken, or the line at the top tells. */ }
    }

    let timer = 0;
    field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(load, 80); });
    list.addEventListener('scroll', () => {
      if (next && list.scrollTop + list.clientHeight > list.scrollHeight - 300) { const asked = next; next = null; load(true).catch(() => { next = asked; }); }
    });
    dialog.addEventListener('cancel', (event) => { event.preventDefault(); end(null); });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
    load();
  });
}
