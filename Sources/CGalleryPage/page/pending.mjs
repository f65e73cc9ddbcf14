// What is being made now, as tiles at the top of the grid.

import { api } from './api.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';
import { ratioByte } from './layout.mjs';

const listeners = new Set();
const progress = new Map();
let timer = 0;

/** What began longer ago, in ms, stands among the runs only. */
const recent = 24 * 3_600_000;

const numberOf = (text) => Number(text.match(/(\d{1,3})\s*%/)?.[1] ?? NaN);

/** What a step says on a tile. */
function wordsOf({ kind, position, text }) {
  switch (kind) {
    case 'uploading':
    case 'waiting':
      return 'Uploading';
    case 'submitted':
      return 'Sent';
    case 'queued':
      return position ? `${format.count(position)} ahead in the queue` : 'Next in the queue';
    case 'running':
      return 'Running';
    case 'log':
      return Number.isFinite(numberOf(text ?? '')) ? `${numberOf(text)}%` : null;
    case 'downloading':
      return 'Fetching';
    default:
      return null;
  }
}

function tileOf(run) {
  const state = progress.get(run.id) ?? {};
  const width = run.planned_width ?? 1;
  const height = run.planned_height ?? 1;
  return {
    id: run.id,
    prompt: run.prompt,
    ratio: ratioByte(width, height),
    words: run.under_way ? state.words ?? 'Running' : 'Submitted',
    part: run.under_way ? state.part ?? 0 : 0,
  };
}

export const pending = {
  runs: [],

  /** Asks what is being made; several of one prompt stand as one, since they will come back as a stack. */
  async load() {
    const { runs } = await api.get('runs', { state: 'unfinished', limit: 50 }).catch(() => ({ runs: [] }));
    const shown = [];
    let prompt = null;
    for (const run of runs ?? []) {
      if (run.state === 'unknown' || run.state === 'planned' || Date.now() - Date.parse(run.planned_at) > recent) {
        continue;
      }
      if (prompt !== null && run.prompt === prompt) continue;
      prompt = run.prompt ?? null;
      shown.push(tileOf(run));
    }
    pending.runs = shown;
    return shown;
  },

  start() {
    const tell = () => {
      for (const listener of listeners) listener(pending.runs);
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        await pending.load();
        tell();
      }, 150);
    };
    events.on('run', ({ run, progress: step }) => {
      if (!step) return;
      const words = wordsOf(step);
      const id = run?.id ?? run;
      // What is done is taken away with the arrival of its picture, in one movement.
      if (step.kind === 'finished') {
        progress.delete(id);
        return;
      }
      if (['failed', 'left', 'unknown'].includes(step.kind)) {
        progress.delete(id);
        soon();
        return;
      }
      if (words) {
        progress.set(id, {
          words,
          part: Number.isFinite(numberOf(words)) ? numberOf(words) / 100 : progress.get(id)?.part ?? 0,
        });
      }
      const shown = pending.runs.find((one) => one.id === id);
      if (shown && words) {
        Object.assign(shown, progress.get(id));
        tell();
      } else if (!shown) soon();
    });
    events.on('reset', soon);
    soon();
  },

  onChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
