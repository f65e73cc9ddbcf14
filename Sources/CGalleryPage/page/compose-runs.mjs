// The runs that were begun from this page: each with its progress and log, then its pictures. Earlier ones stay under it.

import { api, part } from './api.mjs';
import { h, icon, replace } from './dom.mjs';
import { events } from './events.mjs';
import { address } from './router.mjs';
import { toast } from './toasts.mjs';

const key = 'session-runs';
const most = 50;
/** States in which nothing more comes. */
const ended = new Set(['finished', 'failed', 'cancelled']);

function say(progress, on) {
  switch (progress.kind) {
    case 'planned': return 'Recorded';
    case 'reused': return on === 'sandbox' ? 'Reference already in the sandbox' : 'Reference already on fal';
    case 'uploading': return progress.of ? `Uploading a reference, ${Math.round((100 * progress.sent) / progress.of)}%` : 'Sending a reference';
    case 'waiting': return 'Waiting for another upload of the same reference';
    case 'uploaded': return 'Reference uploaded';
    case 'renewed':
    case 'renewing': return 'Uploading the references again';
    case 'submitted': return 'Submitted';
    case 'queued': return progress.position === null || progress.position === undefined ? 'In the queue' : `In the queue, ${progress.position} ahead`;
    case 'running': return 'Running';
    // The model's own words: it says that it is done before the pictures are here.
    case 'log': return `Model: ${progress.text}`;
    case 'downloading': return `Downloading ${progress.position} of ${progress.count}`;
    // Also said when who worked on it could not go on: the run itself says how it stands.
    case 'finished': return '';
    case 'failed': return progress.message ?? 'Failed';
    default: return '';
  }
}

function card(run, on) {
  const state = h('p', { class: 'run-state', role: 'status' });
  const log = h('ol', { class: 'run-log' });
  const pictures = h('div', { class: 'run-pictures' });
  const stop = h('button', { class: 'button quiet', type: 'button', on: { click: () => api.post(`runs/${part(run.id)}/cancel`).then(refresh).catch((error) => toast.error(error)) } }, 'Cancel');
  const element = h('article', { class: 'run', dataset: { run: run.id }, aria: { label: `Run ${run.id}` } },
    h('header', {},
      h('p', { class: 'run-prompt', dir: 'auto' }, run.prompt ?? ''),
      (run.on ?? on) === 'sandbox' ? h('span', { class: 'mark' }, 'sandbox') : null, stop),
    state, pictures, h('details', { class: 'run-details' }, h('summary', {}, 'Log'), log));

  /** Why it was left as it stands. */
  let trouble = null;

  function show(now) {
    run = now;
    const outputs = now.outputs ?? [];
    stop.hidden = ended.has(now.state) || now.state === 'unknown';
    if (now.state === 'finished') state.textContent = outputs.length ? '' : 'Finished without a picture';
    else if (now.state === 'unknown') replace(state, 'It may have been submitted: fal never answered. ', h('a', { href: '/runs' }, 'Decide what to do'));
    else if (now.state === 'failed') replace(state, h('span', { class: 'bad' }, now.reason ?? now.error?.message ?? 'Failed'));
    else if (now.state === 'cancelled') state.textContent = 'Cancelled';
    else if (now.progress === null && ['planned', 'submitted'].includes(now.state)) {
      replace(state, trouble ? `${trouble} ` : 'Unfinished, and not running here. ', h('a', { href: '/runs' }, 'Resume'));
    } else if (!state.textContent) state.textContent = now.state ?? '';
    replace(pictures, outputs.map((output, index) => h('a', { href: address.picture(`${now.id}/${index + 1}`), aria: { label: `Picture ${index + 1} of run ${now.id}` } },
      h('img', { src: `/thumbnails/${output.digest ?? output.asset}/512`, alt: now.prompt ?? '' }))));
  }

  async function refresh() {
    const answer = await api.get(`runs/${part(run.id)}`);
    show(answer.run ?? answer);
  }

  show(run);
  return {
    element,
    refresh: () => refresh().catch(() => {}),
    hear(event) {
      trouble = event.error?.message ?? null;
      const text = event.error?.message ?? say(event.progress ?? {}, run.on ?? on);
      if (text) {
        state.textContent = text;
        log.append(h('li', {}, text));
        while (log.children.length > 200) log.firstElementChild.remove();
      }
      if (event.error || ['finished', 'failed'].includes(event.progress?.kind)) refresh().catch(() => {});
    },
  };
}

export function sessionRuns() {
  const list = h('div', { class: 'run-list' });
  const clear = h('button', { class: 'button quiet', type: 'button' }, icon('close'), 'Clear the list');
  const title = h('header', { class: 'run-list-title' }, h('h2', { class: 'label' }, 'Runs in this session'), clear);
  const element = h('div', {}, title, list);
  const cards = new Map();

  const ids = () => { try { return JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return []; } };
  const keep = (all) => sessionStorage.setItem(key, JSON.stringify(all.slice(0, most)));
  const tell = () => { element.hidden = cards.size === 0; };

  function put(run, on) {
    if (cards.has(run.id)) return cards.get(run.id);
    const one = card(run, on);
    cards.set(run.id, one);
    list.prepend(one.element);
    tell();
    return one;
  }

  clear.addEventListener('click', () => { cards.clear(); list.replaceChildren(); keep([]); tell(); });
  return {
    element,
    add(run, on) {
      put(run, on).element.scrollIntoView({ block: 'center' });
      keep([run.id, ...ids().filter((id) => id !== run.id)]);
    },
    start() {
      tell();
      // What was begun before a reload is still here, or is said to be finished.
      const earlier = ids().toReversed();
      Promise.allSettled(earlier.map((id) => api.get(`runs/${part(id)}`))).then((answers) => {
        for (const answer of answers) if (answer.status === 'fulfilled') put(answer.value.run ?? answer.value);
      });
      const ears = [
        events.on('run', (event) => cards.get(event.run)?.hear(event)),
        events.on('change', (change) => { for (const run of change.runs ?? []) cards.get(run)?.refresh(); }),
      ];
      return () => { for (const end of ears) end(); };
    },
  };
}
