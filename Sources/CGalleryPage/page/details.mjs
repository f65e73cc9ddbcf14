// Everything that the panel says of a picture, from several routes: what is there at once, then what takes another
// question.

import { api, part } from './api.mjs';
import { fileNameOf } from './facts.mjs';

/** So many references are asked about; of more, their thumbnails are all that is shown. */
const mostReferences = 12;

/**
 * Asks for a picture and tells the details as they come, each time more: first the picture and its run, then lineage,
 * then its references as the model saw them, the price and the command line. What cannot be had is left out; the first
 * question's error is thrown.
 */
export async function loadDetails(id, { signal, tell }) {
  const detail = await api.get(`pictures/${part(id)}`, {}, { signal });
  tell(detail);
  const optional = (promise) =>
    promise.catch((error) => {
      if (error.name === 'AbortError') throw error;
      return null;
    });
  detail.lineage = await optional(api.get(`lineage/${part(id)}`, {}, { signal }));
  if (detail.lineage) tell(detail);
  if (!detail.run || signal.aborted) return;
  const [plan, references] = await Promise.all([
    optional(planOf(detail.run, signal)),
    optional(referencesOf(detail.run, signal)),
  ]);
  if (references) detail.references = withSeen(references, plan?.plan?.references ?? []);
  if (plan) {
    detail.command = plan.command;
    detail.estimated_price_usd = plan.plan?.estimated_price_usd ?? null;
    detail.priced_at = plan.plan?.priced_at ?? null;
  }
  tell(detail);
}

/** What a run would be now, which says how many pixels of each reference the model gets. */
async function planOf(run, signal) {
  const { request } = await api.get(`runs/${part(run.id)}/request`, {}, { signal });
  // Of another account's run the plan is what it would be here.
  return api.post('plan', { request, on: run.on === 'elsewhere' ? undefined : run.on }, { signal });
}

async function referencesOf(run, signal) {
  const digests = run.references ?? [];
  if (!digests.length) return null;
  return Promise.all(digests.map(async (digest, index) => {
    if (index >= mostReferences) return { digest };
    try {
      const { asset, uploads } = await api.get(`pictures/${digest}`, {}, { signal });
      return { ...asset, digest, uploads, name: fileNameOf(asset) };
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      return { digest };
    }
  }));
}

function withSeen(references, planned) {
  return references.map((reference) => {
    const { seen_width, seen_height, cropped_share } = planned.find(({ digest }) => digest === reference.digest) ?? {};
    return { ...reference, seen_width, seen_height, cropped_share };
  });
}
