// What is asked of the model: prompt, size as shapes, and the rest.

import { api } from './api.mjs';
import { withSetSuggestions } from './choosing.mjs';
import { h, replace } from './dom.mjs';
import { draft } from './draft.mjs';
import { format } from './format.mjs';

/** The longest side of a drawn shape, in pixels. */
const shapeSide = 30;

/** fal's names for sizes, where a model has no list of its own. */
const presets = {
  square_hd: ['1:1', 'large', 1, 1], square: ['1:1', 'small', 1, 1], portrait_4_3: ['3:4', 'portrait', 3, 4], portrait_16_9: ['9:16', 'portrait', 9, 16],
  landscape_4_3: ['4:3', 'landscape', 4, 3], landscape_16_9: ['16:9', 'landscape', 16, 9],
};

/** A seed that any model and any JSON reader takes as it is. */
function randomSeed() {
  return String(crypto.getRandomValues(new Uint32Array(1))[0] & 0x7fffffff);
}

function shape(width, height) {
  const scale = shapeSide / Math.max(width, height);
  const element = h('i', { class: 'shape' });
  element.style.width = `${Math.max(4, width * scale)}px`;
  element.style.height = `${Math.max(4, height * scale)}px`;
  return element;
}

/**
 * How far a size is from the shape of the references. Of one, the model sees the part that the size can hold; several it sees whole, each in
 * its own ratio, and the output has another shape.
 */
function share(value, isCropped) {
  const cut = value * 100;
  const per = `${cut < 10 ? cut.toFixed(1) : Math.round(cut)}%`;
  if (isCropped) return cut < 0.05 ? 'no crop' : `${per} cropped`;
  return cut < 0.05 ? 'same shape' : `${per} different`;
}

/** The same of a size that could be asked for. */
function shareOf({ outside_share: outside, references = [] }) {
  const isOne = draft.references.length === 1;
  return share(isOne ? references[0]?.cropped_share ?? outside : outside, isOne);
}

/** Which field a mistake is about: those that have a place beside them. */
function fieldOf(error) {
  const message = error?.message ?? '';
  return /^(the number of steps|num_inference_steps)\b/.test(message) ? 'steps'
    : /^guidance(_scale)?\b/.test(message) ? 'guidance'
    : /^(the )?seed\b/.test(message) ? 'seed' : null;
}

/** An endpoint without the words that all of fal's begin with. */
const shortName = (endpoint) => endpoint.replace(/^fal-ai\//, '');

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether two sizes of a request are the same choice. */
function isSame(left, right) {
  if (left === null || right === null || typeof left === 'string' || typeof right === 'string') return left === right;
  return left.width === right.width && left.height === right.height;
}

export function questions() {
  const prompt = h('textarea', { class: 'prompt-field', id: 'compose-prompt', dir: 'auto', rows: 6, placeholder: 'Describe the picture you want' });
  const warning = h('p', { class: 'bad', role: 'status' });
  const sizes = h('div', { class: 'sizes', role: 'radiogroup', aria: { label: 'Size' } });
  const sizesTitle = h('h2', { class: 'label' }, 'Size');
  const seed = h('input', { type: 'text', class: 'field', inputMode: 'numeric', placeholder: 'random', id: 'compose-seed', autocomplete: 'off' });
  const model = choice('compose-model', []);
  const count = choice('compose-count', [['1', '1 picture'], ['2', '2 pictures'], ['3', '3 pictures'], ['4', '4 pictures']]);
  const kind = choice('compose-format', [['', 'Model default'], ['png', 'PNG'], ['jpeg', 'JPEG'], ['webp', 'WebP']]);
  const steps = h('input', { type: 'number', class: 'field', id: 'compose-steps', placeholder: 'default', min: 1, max: 50 });
  const guidance = h('input', { type: 'number', class: 'field', id: 'compose-guidance', placeholder: 'default', min: 0, max: 20, step: 0.5 });
  const into = h('input', { type: 'text', class: 'field', id: 'compose-set', placeholder: 'no set', autocomplete: 'off', dir: 'auto' });
  const intoNamed = withSetSuggestions(into, {
    wanted: (text) => text.replace(/^@/, ''),
    pick: (name) => { into.value = name; draft.set({ intoSet: name }); },
    isAbove: true,
  });

  function choice(id, options) {
    return h('select', { class: 'field', id }, options.map(([value, label]) => h('option', { value }, label)));
  }

  function labelled(label, field, extra) {
    const id = field.id || field.firstElementChild.id;
    return h('div', { class: 'asked' }, h('label', { htmlFor: id, class: 'secondary' }, label), h('div', { class: 'asked-field' }, field, extra));
  }

  function wide(element) {
    element.classList.add('wide');
    return element;
  }

  /** A field whose mistakes stand under it. */
  function checked(name, label, field, extra) {
    const problem = h('p', { class: 'bad', id: `${field.id}-problem`, role: 'status' });
    field.setAttribute('aria-describedby', problem.id);
    checks.set(name, { field, problem });
    const element = labelled(label, field, extra);
    element.append(problem);
    return element;
  }

  /** What is wrong beside each field: what the page sees itself, else what the server says. */
  function drawProblems() {
    const own = draft.problems();
    for (const [name, { field, problem }] of checks) {
      const text = own[name] ?? (fieldOf(refused) === name ? sentence(refused.message) : '');
      problem.textContent = text;
      field.setAttribute('aria-invalid', String(text !== ''));
    }
    // An empty prompt is no mistake; the other side says what is missing.
    warning.textContent = refused && refused.code !== 'empty_prompt' && !fieldOf(refused) ? refused.message : '';
  }

  const checks = new Map();
  /** Why the server could not plan it. */
  let refused = null;
  const again = h('button', { class: 'button quiet', type: 'button', aria: { label: 'Pick a random seed' }, on: { click: () => draft.set({ seed: randomSeed() }) } }, '⟳');
  const element = h('div', {},
    h('h2', { class: 'label' }, h('label', { htmlFor: 'compose-prompt' }, 'Prompt')), prompt, warning,
    sizesTitle, sizes,
    h('h2', { class: 'label' }, 'More'),
    h('div', { class: 'asked-list' },
      wide(labelled('Model', model)),
      checked('seed', 'Seed', seed, again), labelled('Images', count), labelled('Format', kind), checked('steps', 'Steps', steps),
      checked('guidance', 'Guidance', guidance),
      labelled('Add to set', intoNamed)));

  /** What a model is called in a list: what it does, and its endpoint's last words. */
  let models = [];
  api.get('models').then((answer) => { models = answer.models; drawModels(); }).catch(() => {});
  function drawModels() {
    const hasReferences = draft.references.length > 0;
    const usual = models.find((one) => one.default_for === (hasReferences ? 'references' : 'text'));
    const fitting = models.filter((one) => hasReferences || !one.needs_references);
    const options = [
      ['', usual ? `${shortName(usual.id)} (default)` : 'Default'],
      ...fitting.filter((one) => one !== usual).map((one) => [one.id, `${shortName(one.id)}: ${one.summary}`]),
    ];
    // One of an earlier run that is not described, or that does not fit, stays in sight.
    const chosen = draft.model === usual?.id ? '' : draft.model ?? '';
    if (!options.some(([value]) => value === chosen)) options.push([chosen, shortName(chosen)]);
    replace(model, options.map(([value, label]) => h('option', { value }, label)));
    model.value = chosen;
  }
  let candidates = [];
  let isComposing = false;

  function drawSizes() {
    const shown = [];
    shown.push({ label: 'Model default', size: null, keep: false });
    for (const candidate of candidates) {
      if (candidate.rule === 'keep_aspect') {
        shown.push({ label: 'Keep the ratio', detail: `${format.size(candidate.width, candidate.height)}`, size: null, keep: true, ...candidate });
      } else {
        shown.push({
          label: format.size(candidate.width, candidate.height), detail: shareOf(candidate), keep: false, ...candidate,
          size: { width: candidate.width, height: candidate.height },
        });
      }
    }
    if (!candidates.length) {
      for (const [size, [label, detail, width, height]] of Object.entries(presets)) shown.push({ label, detail, size, keep: false, width, height });
    }
    // A size of an earlier request that no model lists stays in sight.
    if (draft.size && !shown.some((one) => isSame(one.size, draft.size))) {
      const own = draft.size;
      const [label, detail, width, height] = typeof own === 'string'
        ? presets[own] ?? [own.replaceAll('_', ' '), null, 0, 0] : [format.size(own.width, own.height), null, own.width, own.height];
      shown.push({ label, detail, width, height, size: own, keep: false });
    }
    const selected = Math.max(0, shown.findIndex((one) => (draft.keepAspect ? one.keep : !one.keep && isSame(one.size, draft.size))));
    const hadFocus = sizes.contains(document.activeElement);
    replace(sizes, shown.map((one, index) => h('button', {
      type: 'button', role: 'radio', class: 'size', tabIndex: index === selected ? 0 : -1, aria: { checked: String(index === selected) },
      on: {
        click: () => draft.set({ size: one.keep ? null : one.size, keepAspect: one.keep }),
        keydown(event) {
          const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
          if (!by) return;
          event.preventDefault();
          const next = shown[(index + by + shown.length) % shown.length];
          draft.set({ size: next.keep ? null : next.size, keepAspect: next.keep });
        },
      },
    }, one.width ? shape(one.width, one.height) : h('i', { class: 'shape any' }), h('span', {}, one.label), one.detail && h('small', {}, one.detail))));
    const about = draft.references.length === 1 ? 'how much of your reference is cropped' : 'how much its shape differs from your references’';
    sizesTitle.textContent = candidates.length ? `Size · ${about}` : 'Size';
    if (hadFocus) sizes.children[selected]?.focus();
  }

  /** What is no number at all has no value; it is wrong all the same. */
  const numberIn = (field) => (field.validity.badInput ? NaN : field.value === '' ? null : Number(field.value));
  const setIn = (field) => field.value.trim().replace(/^@/, '');
  /** The draft as the fields have it. */
  const filled = {};
  function put(name, field, read) {
    if (name in filled && Object.is(filled[name], draft[name])) return;
    filled[name] = draft[name];
    if (!Object.is(read(field), draft[name])) field.value = draft[name] ?? '';
  }

  function fill() {
    // What is typed here is in the draft already; what came from elsewhere, such as a run to be made again, is shown even where one is typing:
    // the fields say what will be sent.
    put('prompt', prompt, (field) => field.value);
    put('seed', seed, (field) => field.value.trim());
    count.value = String(draft.count);
    kind.value = draft.format ?? '';
    put('steps', steps, numberIn);
    put('guidance', guidance, numberIn);
    put('intoSet', into, setIn);
    drawModels();
    drawSizes();
    drawProblems();
  }

  // Earlier prompts, the newest first: arrow up in an empty field, or at its beginning.
  let earlier = null;
  let place = -1;
  async function recall(by) {
    earlier ??= (await api.get('prompts', { limit: 50 })).prompts;
    place = Math.max(-1, Math.min(earlier.length - 1, place + by));
    prompt.value = place < 0 ? '' : earlier[place];
    prompt.setSelectionRange(0, 0);
    draft.set({ prompt: prompt.value });
  }
  prompt.addEventListener('keydown', (event) => {
    const isAtStart = prompt.selectionStart === 0 && prompt.selectionEnd === 0;
    if (event.isComposing || !isAtStart || event.shiftKey) return;
    if (event.key === 'ArrowUp') { event.preventDefault(); recall(1).catch(() => {}); }
    if (event.key === 'ArrowDown' && place >= 0) { event.preventDefault(); recall(-1).catch(() => {}); }
  });
  prompt.addEventListener('compositionstart', () => { isComposing = true; });
  prompt.addEventListener('compositionend', () => { isComposing = false; draft.set({ prompt: prompt.value }); });
  prompt.addEventListener('input', () => { place = -1; if (!isComposing) draft.set({ prompt: prompt.value }); });
  seed.addEventListener('input', () => {
    draft.set({ seed: seed.value.trim() });
  });
  model.addEventListener('change', () => draft.set({ model: model.value || null }));
  count.addEventListener('change', () => draft.set({ count: Number(count.value) }));
  kind.addEventListener('change', () => draft.set({ format: kind.value || null }));
  steps.addEventListener('input', () => draft.set({ steps: numberIn(steps) }));
  guidance.addEventListener('input', () => draft.set({ guidance: numberIn(guidance) }));
  into.addEventListener('input', () => draft.set({ intoSet: setIn(into) }));

  return {
    element,
    start: () => { fill(); return draft.onChange(fill); },
    focus: () => prompt.focus(),
    show({ answer, error }) {
      refused = error ?? null;
      drawProblems();
      if (answer) { candidates = answer.candidates ?? []; drawSizes(); }
    },
  };
}
