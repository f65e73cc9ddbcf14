// The references of a request, in their order: what the model sees of each, what is sent, what one more would cost the others.

import { api, part } from './api.mjs';
import { withSetSuggestions } from './choosing.mjs';
import { pickPictures } from './compose-picker.mjs';
import { h, icon, replace } from './dom.mjs';
import { draft } from './draft.mjs';
import { format } from './format.mjs';
import { toast } from './toasts.mjs';

/** What people call a picture: its title, else the file it came from, else what made it. */
const names = new Map();

async function name(digest) {
  if (!names.has(digest)) {
    const { asset, run } = await api.get(`pictures/${digest}`);
    const origin = asset.origins?.find((one) => one.path);
    names.set(digest, asset.title ?? origin?.path.split('/').pop() ?? run?.prompt ?? digest.slice(0, 12));
  }
  return names.get(digest);
}

/** The part of a picture that the model works with, as insets in per cent: it is cut around the middle. */
function crop(reference) {
  if (!reference?.seen_width || !reference.sent_width) return null;
  const sent = reference.sent_width / reference.sent_height;
  const seen = reference.seen_width / reference.seen_height;
  const across = seen < sent ? (1 - seen / sent) * 50 : 0;
  const down = seen > sent ? (1 - sent / seen) * 50 : 0;
  return { across, down, share: reference.cropped_share ?? 0 };
}

function percent(share) {
  const value = share * 100;
  return value < 0.05 ? '' : `${value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

function facts(reference) {
  if (!reference) return [];
  const lines = [];
  const size = format.size(reference.width, reference.height);
  lines.push(reference.seen_width ? `${size}, seen at ${format.size(reference.seen_width, reference.seen_height)}` : size);
  const cut = percent(reference.cropped_share ?? 0);
  if (reference.seen_width) lines.push(cut ? `${cut} cropped away` : 'nothing cropped away');
  for (const change of reference.changes ?? []) lines.push(`${change} before sending`);
  return lines;
}

function sending(reference, on) {
  if (!reference) return null;
  if (reference.upload === 'reuse') return h('p', { class: 'good' }, on === 'sandbox' ? 'already in the sandbox' : 'already on fal');
  const about = reference.upload_bytes_exact === false ? 'about ' : '';
  return h('p', { class: 'secondary' }, `${about}${format.bytes(reference.upload_bytes)} to send`);
}

export function referenceList() {
  const list = h('ol', { class: 'references', aria: { label: 'References in order' } });
  const entry = h('input', {
    type: 'text', class: 'field', placeholder: 'Drop pictures here, or type @set or an id', aria: { label: 'Add a reference by set or id' }, autocomplete: 'off',
    spellcheck: false,
  });
  const more = h('p', { class: 'secondary', role: 'status' });
  const files = h('input', { type: 'file', accept: 'image/*', multiple: true, class: 'unseen', tabIndex: -1, aria: { label: 'Files to add as references' } });
  const enter = (text) => add([text]).then(() => { if (entry.value.trim() === text) entry.value = ''; }).catch((error) => toast.error(error));
  const named = withSetSuggestions(entry, {
    wanted: (text) => (text.startsWith('@') ? text.slice(1) : null), pick: (name) => enter(`@${name}`), isRead: true,
  });
  const drop = h('div', { class: 'drop' },
    named,
    h('div', { class: 'drop-buttons' },
      h('button', { class: 'button', type: 'button', on: { click: () => pickPictures(draft.references).then((ids) => ids && draft.addReferences(ids)) } }, 'From the library…'),
      h('button', { class: 'button quiet', type: 'button', on: { click: () => files.click() } }, 'From this computer…'), files));
  const element = h('div', {}, h('h2', { class: 'label' }, 'References · order matters'), list, drop, more);
  let planned = new Map();
  /** Where the plan would run: `fal` or `sandbox`. */
  let place = null;

  function card(digest, index) {
    const reference = planned.get(digest);
    const cut = crop(reference);
    const frame = cut && h('i', { class: 'crop-frame' });
    if (frame) frame.style.inset = `${cut.down}% ${cut.across}%`;
    const called = names.get(digest) ?? digest.slice(0, 12);
    const move = (by) => {
      const references = [...draft.references];
      const to = index + by;
      if (to < 0 || to >= references.length) return;
      references.splice(to, 0, ...references.splice(index, 1));
      draft.set({ references });
      list.children[to]?.focus();
    };
    const remove = () => {
      draft.set({ references: draft.references.filter((one) => one !== digest) });
      (list.children[index] ?? list.lastElementChild ?? entry).focus();
    };
    return h('li', {
      class: 'reference', role: 'listitem', tabIndex: 0, draggable: true, dataset: { digest },
      aria: { label: `Reference ${index + 1}: ${called}. ${facts(reference).join(', ')}` },
      on: {
        keydown(event) {
          if (event.altKey && event.key === 'ArrowUp') { event.preventDefault(); move(-1); }
          else if (event.altKey && event.key === 'ArrowDown') { event.preventDefault(); move(1); }
          else if (event.key === 'Delete' || event.key === 'Backspace') { event.preventDefault(); remove(); }
        },
        dragstart(event) { event.dataTransfer.setData('text/x-reference', digest); event.dataTransfer.effectAllowed = 'move'; },
        dragover(event) { if (event.dataTransfer.types.includes('text/x-reference')) event.preventDefault(); },
        drop(event) {
          const moved = event.dataTransfer.getData('text/x-reference');
          if (!moved || moved === digest) return;
          event.preventDefault();
          event.stopPropagation();
          const references = draft.references.filter((one) => one !== moved);
          references.splice(references.indexOf(digest) + (draft.references.indexOf(moved) < index ? 1 : 0), 0, moved);
          draft.set({ references });
        },
      },
    },
    h('span', { class: 'crop' }, h('span', { class: 'crop-picture' }, h('img', { src: `/thumbnails/${digest}/256`, alt: '', draggable: false }), frame)),
    h('div', { class: 'reference-facts' },
      h('b', {}, `${index + 1} · `, h('bdi', { class: 'reference-name' }, called)),
      facts(reference).map((line) => h('p', { class: 'secondary' }, line)), sending(reference, place)),
    h('div', { class: 'reference-buttons' },
      h('button', { class: 'button quiet', type: 'button', disabled: index === 0, aria: { label: `Move reference ${index + 1} up` }, on: { click: () => move(-1) } }, '↑'),
      h('button', { class: 'button quiet', type: 'button', aria: { label: `Remove reference ${index + 1}` }, on: { click: remove } }, icon('close'))));
  }

  function draw() {
    const focused = document.activeElement?.closest?.('.reference')?.dataset.digest;
    replace(list, draft.references.map(card));
    const unnamed = draft.references.filter((digest) => !names.has(digest));
    if (unnamed.length) Promise.allSettled(unnamed.map(name)).then((answers) => { if (answers.some((one) => one.status === 'fulfilled')) draw(); });
    if (focused) [...list.children].find((one) => one.dataset.digest === focused)?.focus();
  }

  /** What one more reference would cost the others: planned with any other picture of the library in its place. */
  async function askMore() {
    more.textContent = '';
    const seen = draft.references.map((digest) => planned.get(digest)?.seen_width).filter(Boolean);
    if (!seen.length) return;
    const asked = draft.references.join();
    try {
      const { items } = await api.get('pictures', { limit: 20 });
      const other = items.map((item) => item.digest).find((digest) => !draft.references.includes(digest));
      if (!other) return;
      const request = draft.request();
      delete request.parameters.keep_original_aspect;
      const answer = await api.post('plan', { request: { ...request, prompt: 'prompt', references: [...request.references, other] }, on: 'sandbox' });
      if (!answer.plan || asked !== draft.references.join()) return;
      const then = answer.plan.references[0]?.seen_width;
      const now = planned.get(draft.references[0]);
      if (then && now?.seen_width && then !== now.seen_width) {
        const [before, after] = [Math.max(now.seen_width, now.seen_height), Math.max(answer.plan.references[0].seen_width, answer.plan.references[0].seen_height)];
        more.textContent = `With one more reference, each would be seen at ${after} px instead of ${before}.`;
      }
    } catch { /* It is a hint, and no more. */ }
  }

  async function add(words) {
    const digests = [];
    for (const word of words) {
      if (word.startsWith('@') && word !== '@last') {
        const answer = await api.get(`sets/${part(word.slice(1))}`);
        digests.push(...(answer.set ?? answer).members);
      } else {
        const answer = await api.get(`pictures/${part(word)}`);
        digests.push(answer.asset.digest);
      }
    }
    draft.addReferences(digests);
  }

  async function take(given) {
    for (const file of given) {
      try {
        const answer = await api.put('imports', file, { name: file.name });
        if (answer.outcome === 'refused') toast.error(new Error(answer.message));
        else draft.addReferences([answer.digest]);
      } catch (error) {
        // The server names what it refuses.
        const isNamed = error.message.startsWith(`${file.name}:`);
        toast.error(isNamed ? error : new Error(`${file.name}: ${error.message}`));
      }
    }
  }

  entry.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || !entry.value.trim()) return;
    event.preventDefault();
    enter(entry.value.trim());
  });
  files.addEventListener('change', () => { take([...files.files]); files.value = ''; });

  /** Lets pictures be dropped anywhere on the view; the field that takes them is lit meanwhile. */
  function takeDrops(view) {
    const arePictures = ({ dataTransfer }) => ['Files', 'text/x-atelier-digests'].some((type) => dataTransfer.types.includes(type));
    view.addEventListener('dragover', (event) => {
      if (!arePictures(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      drop.classList.add('over');
    });
    view.addEventListener('dragleave', (event) => { if (!view.contains(event.relatedTarget)) drop.classList.remove('over'); });
    view.addEventListener('drop', dropped);
  }

  function dropped(event) {
    drop.classList.remove('over');
    const given = [...event.dataTransfer.files];
    const ids = event.dataTransfer.getData('text/x-atelier-digests').split(/\s+/).filter(Boolean);
    if (!given.length && !ids.length) return;
    event.preventDefault();
    // The page's own place for dropped files must not import them a second time.
    event.stopPropagation();
    if (ids.length) draft.addReferences(ids);
    take(given);
  }

  return {
    element,
    start(view) {
      takeDrops(view);
      draw();
      return draft.onChange((changes) => { if ('references' in changes) draw(); });
    },
    show({ answer }) {
      if (!answer) return;
      place = answer.on;
      planned = new Map(answer.plan.references.map((reference) => [reference.digest, reference]));
      draw();
      askMore();
    },
  };
}
