// What a person is composing. It is kept with every change, so that closing the page loses nothing.

const key = 'draft';

const empty = () => ({
  model: null, prompt: '', references: [], size: null, keepAspect: false, seed: '', count: 1, format: null, steps: null, guidance: null, intoSet: '',
});

const listeners = new Set();

/** What a typed seed is not; null for a seed or nothing. */
function seedProblem(text) {
  const isSeed = text === '' || (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n);
  return isSeed ? null : 'A seed is a whole number from 0 to 18446744073709551615.';
}

function read() {
  try { return { ...empty(), ...JSON.parse(localStorage.getItem(key)) }; } catch { return empty(); }
}

export const draft = {
  ...read(),

  /** Takes what another tab has written since. */
  refresh() {
    const changes = read();
    Object.assign(draft, changes);
    for (const listener of listeners) listener(changes);
  },

  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** Changes some of it, and tells who listens what changed. */
  set(changes) {
    Object.assign(draft, changes);
    const kept = Object.fromEntries(Object.keys(empty()).map((name) => [name, draft[name]]));
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* A browser that keeps nothing still composes. */ }
    for (const listener of listeners) listener(changes);
  },

  /** What is wrong with what was typed, by field. It is kept as it was typed, is not asked for, and keeps the run from beginning. */
  problems() {
    const seed = seedProblem(draft.seed);
    const steps = draft.steps === null || Number.isSafeInteger(draft.steps) ? null : 'The number of steps is a whole number.';
    const guidance = draft.guidance === null || Number.isFinite(draft.guidance) ? null : 'Guidance is a number.';
    return Object.fromEntries(Object.entries({ seed, steps, guidance }).filter(([, problem]) => problem));
  },

  clear() { draft.set(empty()); },

  /** Puts assets at the end of the references; one that is there stays where it is. */
  addReferences(digests) {
    draft.set({ references: [...new Set([...draft.references, ...digests])] });
  },

  /** The request as the API takes it. */
  request() {
    const wrong = draft.problems();
    const parameters = {
      image_size: draft.size ?? undefined, keep_original_aspect: draft.keepAspect || undefined, seed: wrong.seed ? undefined : draft.seed || undefined,
      num_images: draft.count > 1 ? draft.count : undefined, output_format: draft.format ?? undefined,
      num_inference_steps: wrong.steps ? undefined : draft.steps ?? undefined, guidance_scale: wrong.guidance ? undefined : draft.guidance ?? undefined,
    };
    return {
      model: draft.model ?? undefined, prompt: draft.prompt, references: draft.references,
      parameters: JSON.parse(JSON.stringify(parameters)), into_set: draft.intoSet || undefined,
    };
  },

  /** Takes a request of earlier, to be changed and asked again. */
  take(request) {
    const given = request.parameters ?? {};
    draft.set({
      ...empty(), model: request.model ?? null, prompt: request.prompt ?? '', references: request.references ?? [],
      size: given.image_size ?? null, keepAspect: given.keep_original_aspect === true,
      seed: given.seed === undefined || given.seed === null ? '' : String(given.seed), count: given.num_images ?? 1,
      format: given.output_format ?? null, steps: given.num_inference_steps ?? null, guidance: given.guidance_scale ?? null,
      intoSet: request.into_set ?? '',
    });
  },
};

addEventListener('storage', (event) => {
  if (event.key === key) draft.refresh();
});
