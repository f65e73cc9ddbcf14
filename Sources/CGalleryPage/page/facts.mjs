// What was asked for beside what came, from a picture's details. Pure: data in, data out.

import { format } from './format.mjs';

const names = { jpg: 'jpeg' };
const normal = (value) => (
  value === null || value === undefined ? null : names[String(value).toLowerCase()] ?? String(value).toLowerCase()
);

/** Parameters that have a row of their own, or a section. */
const known = new Set([
  'prompt',
  'negative_prompt',
  'seed',
  'image_size',
  'aspect_ratio',
  'output_format',
  'num_images',
  'num_inference_steps',
  'guidance_scale',
  'image_url',
  'image_urls',
  'reference_image_urls',
]);

/** A parameter in words. */
function worded(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') {
    return value.width && value.height ? format.size(value.width, value.height) : JSON.stringify(value);
  }
  return String(value).replaceAll('_', ' ');
}

/**
 * Rows `{name, asked, got, is}`; `is` is `same`, `other`, or null where nothing can be compared. `detail` is what
 * `pictures/ID` answers.
 */
export function askedAndGot(detail) {
  const { run, asset, position_in_run: position = null } = detail;
  if (!run) return recipeRows(asset);
  const parameters = run.parameters ?? {};
  const isHere = (drift) => drift.position === null || position === null || drift.position === position;
  const drift = (kind) => run.drift?.find((each) => each.kind === kind && isHere(each));
  const rows = [];
  const row = (name, asked, got, { kind, compares = true } = {}) => {
    if (!asked && !got) return;
    const isOther = Boolean(kind && drift(kind)) || (compares && asked && got && normal(asked) !== normal(got));
    rows.push({ name, asked, got, is: isOther ? 'other' : compares && asked && got ? 'same' : null });
  };
  const size = (width, height) => (width && height ? format.size(width, height) : '');
  const planned = size(run.planned_width, run.planned_height);
  row(
    'Size',
    planned || worded(parameters.image_size ?? parameters.aspect_ratio),
    size(asset.display_width, asset.display_height),
    { kind: 'size', compares: Boolean(planned) },
  );
  row('Seed', worded(parameters.seed), drift('seed')?.got ?? run.seed ?? '', { kind: 'seed' });
  row('Format', worded(parameters.output_format), asset.format, { kind: 'format' });
  const count = run.outputs?.length ?? 0;
  if (parameters.num_images > 1 || count > 1) {
    row('Pictures', worded(parameters.num_images), String(count), { kind: 'count' });
  }
  row('Steps', worded(parameters.num_inference_steps), '');
  row('Guidance', worded(parameters.guidance_scale), '');
  const estimated = detail.estimated_price_usd;
  row(
    'Cost',
    typeof estimated === 'number' ? `${format.money(estimated)} est.${run.on === 'sandbox' ? ' on fal' : ''}` : '',
    run.on === 'sandbox' ? 'free, in the sandbox' : billed(run.billing),
    { compares: false },
  );
  for (const [name, value] of Object.entries(parameters)) {
    if (known.has(name) || String(JSON.stringify(value)).includes('asset:')) continue;
    row(name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase()), worded(value), '');
  }
  return rows;
}

/** What fal billed, in dollars or, without a price of that day, in its units. */
function billed(billing) {
  if (typeof billing?.cost_usd === 'number') return format.money(billing.cost_usd);
  return billing?.units ? `${format.count(Math.round(billing.units * 100) / 100)} ${billing.unit ?? 'units'}` : '';
}

function recipeRows(asset) {
  const recipe = asset.recipe;
  if (!recipe) return [];
  const rows = [];
  const row = (name, asked, got = '') => {
    if (asked) rows.push({ name, asked: String(asked), got, is: got ? (asked === got ? 'same' : 'other') : null });
  };
  row(
    'Size',
    recipe.width && recipe.height ? format.size(recipe.width, recipe.height) : '',
    format.size(
      asset.display_width,
      asset.display_height,
    ),
  );
  row('Seed', recipe.seed);
  row('Steps', recipe.steps);
  row('Guidance', recipe.guidance);
  row('Sampler', recipe.sampler);
  row('Model', recipe.model);
  for (const { name, value } of recipe.settings ?? []) row(name, worded(value));
  return rows;
}

/** The prompt and the negative prompt, wherever they stand. */
export function promptsOf({ run, asset }) {
  return {
    prompt: run?.prompt ?? asset.recipe?.prompt ?? null,
    negative: run?.parameters?.negative_prompt ?? asset.recipe?.negative_prompt ?? null,
    seed: run?.seed ?? asset.recipe?.seed ?? null,
  };
}

/** The command line that makes it again. */
export function commandOf({ command, run }) {
  if (command) return command;
  return run ? `atelier rerun ${run.id}${run.on === 'sandbox' ? ' --sandbox' : ''}` : null;
}

/** One thing that happened to a picture, as a sentence. */
export function eventSentence(event) {
  const list = (texts) => (texts ?? []).join(', ');
  const sentence = {
    imported: () => `Imported from ${event.path}`,
    made: () => `Made by ${event.run}, picture ${(event.position ?? 0) + 1}`,
    referenced: () => `Reference of ${event.run}${event.model ? ` (${event.model})` : ''}`,
    uploaded: () => 'Uploaded to fal',
    tagged: () => `Tagged ${list(event.tags)}`,
    untagged: () => `Tag removed: ${list(event.tags)}`,
    joined: () => `Added to ${event.set}`,
    left: () => `Removed from ${event.set}`,
    marked: () => markSentence(event),
    planned: () => `Planned for ${event.model}`,
    sent: () => 'Sent to fal',
    submitted: () => `Submitted as ${event.request_id}`,
    finished: () => `Finished with ${format.plural(event.count ?? 0, 'picture')}`,
    failed: () => `Failed: ${event.reason}`,
    cancelled: () => 'Cancelled',
  }[event.event]?.() ?? event.event.replaceAll('_', ' ');
  return event.undoes ? `${sentence} (by ${event.verb === 'redo' ? 'redo' : 'undo'})` : sentence;
}

function markSentence({ field, value }) {
  const isOn = value === true || value === 'true' || value === '1';
  if (field === 'trashed') return isOn ? 'Moved to the trash' : 'Restored from the trash';
  if (field === 'favourite') return isOn ? 'Marked as favourite' : 'No longer a favourite';
  const name = String(field).replace(/^./, (first) => first.toUpperCase());
  if (!value || value === '0') return `${name} removed`;
  return field === 'rating' ? `Rated ${format.plural(Number(value), 'star')}` : `${name}: ${value}`;
}

/** The picture as its run names it, else its digest. */
export function idOf({ asset, run, position_in_run: position }) {
  return run && Number.isInteger(position) ? `${run.id}/${position + 1}` : asset.id;
}

/** An item as lists have it, from the details of a picture and what a list knew already. */
export function itemOf(detail, id, known = null) {
  const { asset } = detail;
  return {
    ...known,
    ...asset,
    id: known?.id ?? (detail.run ? idOf(detail) : id),
    prompt: promptsOf(detail).prompt,
    name: known?.name ?? fileNameOf(asset),
  };
}

/** The name of the file that was imported; null for what a run made. */
export function fileNameOf(asset) {
  const path = asset.origins?.find((origin) => origin.how === 'imported')?.path;
  return path ? path.split('/').at(-1) : null;
}
