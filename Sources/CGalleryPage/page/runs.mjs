// Runs that have not ended: those under way with how far they are, and those that need a decision, with what each
// choice may cost.

import { api, onConnection, part } from './api.mjs';
import { confirm, openDialog } from './dialogs.mjs';
import { h, icon, replace } from './dom.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { navigate } from './router.mjs';
import { places, progressWords, reasons, states } from './run-words.mjs';
import { toast } from './toasts.mjs';
import { thumbnail } from './choosing.mjs';

const views = [['', 'Unfinished'], ['unknown', 'Needs a decision'], ['all', 'All']];

export function open(route, main) {
  let state = route.params.get('state') ?? '';
  let runs = null;
  const heard = new Map();
  /** Why a run was left as it stands, in the words of the server. */
  const troubles = new Map();
  const logs = new Map();
  let timer = 0;
  let turn = 0;

  const list = h('div', { class: 'jobs' });
  const tabs = h('nav', { class: 'tabs', aria: { label: 'Which runs' } });
  main.append(h('div', { class: 'page' }, h('header', { class: 'page-head' }, h('h1', {}, 'Runs'), tabs), list));

  async function load() {
    const present = turn += 1;
    try {
      const answer = await api.get('runs', { state: state || 'unfinished', limit: 200 });
      if (present !== turn) return;
      const ended = state === 'all'
        ? []
        : await Promise.all(justEnded(answer.runs).map((id) => api.get(`runs/${part(id)}`).catch(() => null)));
      if (present !== turn) return;
      runs = [...ended.filter((run) => run && (state === '' || run.state !== 'unknown')), ...answer.runs];
      for (const run of runs) {
        // What was heard of a run that nothing works on any more is not what it does.
        if (!run.under_way) heard.delete(run.id);
        else if (run.progress && !heard.has(run.id)) heard.set(run.id, { progress: run.progress });
      }
      draw();
    } catch (error) {
      if (present === turn && runs === null) replace(list, h('p', { class: 'problem' }, error.message));
    }
  }
  /** What was seen here and has ended stays until the view is left, so that its pictures can be opened. */
  function justEnded(now) {
    const here = new Set(now.map((run) => run.id));
    const seen = [...(runs ?? []).map((run) => run.id), ...(state === '' ? heard.keys() : [])];
    return [...new Set(seen)].filter((id) => !here.has(id)).slice(0, 24);
  }
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(load, 200);
  };

  function draw() {
    replace(
      tabs,
      views.map(([name, label]) =>
        h(
          'a',
          { href: name ? `/runs?state=${name}` : '/runs', aria: { current: name === state ? 'page' : null } },
          label,
          name === 'unknown' && library.status?.counts.unknown > 0 &&
            h('span', { class: 'count' }, format.count(library.status.counts.unknown)),
        )
      ),
    );
    if (!runs) return;
    const focused = document.activeElement?.closest?.('[data-run]')?.dataset.run;
    const label = document.activeElement?.dataset?.does;
    if (runs.length === 0) {
      replace(
        list,
        h(
          'div',
          { class: 'nothing' },
          h(
            'p',
            {},
            {
              '': 'No unfinished runs.',
              unknown: 'Nothing needs a decision.',
              all: 'No runs yet.',
            }[state],
          ),
          h(
            'p',
            { class: 'secondary' },
            state === 'unknown'
              ? 'If fal never answers a request, its run waits here for you to decide, so that nothing is paid for twice.'
              : [
                'Runs started here or on the command line appear here until they finish. ',
                h('a', { href: '/compose' }, 'New edit'),
              ],
          ),
        ),
      );
      return;
    }
    replace(list, runs.map(card));
    if (focused) {
      list.querySelector(`[data-run="${focused}"] [data-does="${label ?? ''}"]`)?.focus({ preventScroll: true });
    }
  }

  function card(run) {
    const isUnknown = run.state === 'unknown';
    const now = isUnknown ? null : progressWords(heard.get(run.id)?.progress ?? run.progress);
    const outputs = (run.outputs ?? []).filter((output) => output.digest);
    const isLeft = !run.under_way && run.on !== 'elsewhere' && ['sent', 'submitted'].includes(run.state);
    const standing = states[run.state] ?? run.state;
    const words = now && !now.isOver ? now.words : isLeft ? `${standing}; not running here` : standing;
    return h(
      'article',
      { class: `job ${isUnknown ? 'unknown' : ''}`, dataset: { run: run.id } },
      h(
        'div',
        { class: 'job-pictures' },
        outputs.length
          ? outputs.slice(0, 4).map((output) =>
            h('a', {
              href: `/picture/${encodeURIComponent(output.id.replaceAll('/', '~'))}`,
              aria: { label: 'Open the picture' },
            }, thumbnail(output.digest, 'job-thumbnail'))
          )
          : run.references?.length
          ? run.references.slice(0, 4).map((digest) => thumbnail(digest, 'job-thumbnail faint'))
          : h('span', { class: 'job-thumbnail' }),
      ),
      h(
        'div',
        { class: 'job-words' },
        h(
          'p',
          { class: 'job-prompt', dir: 'auto', title: run.prompt ?? '' },
          run.prompt || h('span', { class: 'secondary' }, 'Without a prompt'),
        ),
        h(
          'p',
          { class: 'secondary' },
          [
            run.model,
            run.seed && `seed ${run.seed}`,
            run.planned_width && format.size(run.planned_width, run.planned_height),
            places[run.on],
            format.time(run.planned_at ?? run.created_at),
          ].filter(Boolean).join(' · '),
        ),
        isUnknown ? unknown(run) : [
          h(
            'p',
            { class: `job-state ${run.state === 'failed' ? 'bad' : ''}`, role: 'status' },
            run.under_way && !now?.isOver && h('i', { class: 'dot' }),
            words,
          ),
          run.under_way && now && !now.isOver &&
          h('progress', { max: 1, value: now.share, aria: { label: 'Progress' } }),
          run.state === 'failed' && run.reason && h('p', { class: 'problem', dir: 'auto' }, run.reason),
          isLeft && troubles.has(run.id) &&
          h('p', { class: 'problem', dir: 'auto' }, troubles.get(run.id)),
          run.planned_elsewhere &&
          h('p', { class: 'secondary' }, 'Planned in another copy of this library, which may submit it too.'),
          run.on === 'elsewhere' && run.can?.length > 0 &&
          h(
            'p',
            { class: 'secondary' },
            'It belongs to another account or server, and can only be resumed there.',
          ),
          h('div', { class: 'job-actions' }, buttons(run)),
        ],
      ),
    );
  }

  const does = (name, label, work, extra = '') =>
    h('button', { class: `button ${extra}`, type: 'button', dataset: { does: name }, on: { click: work } }, label);

  function buttons(run) {
    const can = new Set(library.status?.read_only ? [] : run.can ?? []);
    return [
      can.has('resume') && !run.under_way && run.on !== 'elsewhere' &&
      does('resume', run.state === 'planned' ? 'Submit' : 'Resume', () => (run.planned_elsewhere ? submitHere(run) : act(run, 'resume'))),
      can.has('cancel') && does('cancel', 'Cancel', () => act(run, 'cancel'), 'quiet'),
      can.has('discard') && troubles.has(run.id) &&
      does('discard', 'Close it', () => discard(run), 'quiet'),
      run.outputs?.length > 0 &&
      h(
        'a',
        { class: 'button quiet', href: `/picture/${encodeURIComponent(run.outputs[0].id.replaceAll('/', '~'))}` },
        'Open',
      ),
      !library.status?.read_only && h('a', { class: 'button quiet', href: `/compose?from=${run.id}` }, 'Make again'),
      logs.has(run.id) && does('log', 'Log', () => showLog(run), 'quiet'),
      does(
        'copy',
        'Copy the id',
        () => navigator.clipboard?.writeText(run.id).then(() => toast('Copied the id'), () => {}),
        'quiet',
      ),
    ].filter(Boolean);
  }

  /** The three ways out of not knowing, and what each may cost. */
  function unknown(run) {
    const price = run.resubmit_price_usd;
    const way = (name, label, text, work, extra) =>
      h('li', {}, does(name, label, work, extra), h('span', { class: 'secondary' }, text));
    return [
      h('p', { class: 'job-state bad' }, icon('warning'), 'Outcome unknown: fal never answered.'),
      h('p', { class: 'secondary' }, reasons[run.unknown_reason] ?? reasons.not_asked),
      !library.status?.read_only &&
      h(
        'ul',
        { class: 'ways' },
        way(
          'resume',
          'Look it up',
          'Searches fal’s request history. If exactly one request matches, its pictures are downloaded. Free.',
          () => act(run, 'resume'),
          'main',
        ),
        way(
          'resubmit',
          'Submit again',
          `${
            price ? `Costs about ${format.money(price)}` : 'Costs the same again'
          }; if the first request was served too, it was paid for twice.`,
          () => resubmit(run),
        ),
        way(
          'discard',
          'Close it',
          'Marks it as failed here. Anything fal made can still be imported from its history. Free.',
          () => discard(run),
        ),
      ),
    ];
  }

  async function act(run, verb) {
    const button = list.querySelector(`[data-run="${run.id}"] [data-does="${verb}"]`);
    if (button) button.disabled = true;
    try {
      const answer = await api.post(`runs/${part(run.id)}/${verb}`);
      if (answer?.message) toast(answer.message);
      else if (answer?.error?.message) toast.error(answer.error);
      if (verb === 'resubmit' && answer?.id) navigate('/runs');
    } catch (error) {
      toast.error(error);
    } finally {
      if (button) button.disabled = false;
      soon();
    }
  }

  async function resubmit(run) {
    const price = run.resubmit_price_usd;
    const isSure = await confirm({
      label: 'Submit again?',
      action: price ? `Submit for about ${format.money(price)}` : 'Submit again',
      text:
        'The first request may have gone through. If it did, you pay for both. Looking it up first is free.',
    });
    if (isSure) act(run, 'resubmit');
  }

  async function submitHere(run) {
    const isSure = await confirm({
      label: 'Submit it here?',
      action: 'Submit',
      text: 'This run was planned in another copy of this library. If that copy submits it too, you pay for both.',
    });
    if (isSure) act(run, 'resume');
  }

  async function discard(run) {
    if (
      await confirm({
        label: 'Close this run?',
        action: 'Close it',
        text:
          'The run is recorded as failed. fal’s dashboard shows whether it was billed.',
      })
    ) act(run, 'discard');
  }

  function showLog(run) {
    openDialog({
      label: 'Log',
      className: 'wide',
      content: h('pre', { class: 'log', tabindex: 0 }, logs.get(run.id).join('\n')),
      buttons: [{ label: 'Close', isMain: true }],
    });
  }

  const ends = [
    events.on('run', (event) => {
      const id = event.run?.id ?? event.run;
      heard.set(id, event);
      if (event.error?.message) troubles.set(id, event.error.message);
      else troubles.delete(id);
      if (event.progress?.kind === 'log' && event.progress.text) {
        logs.set(id, [...(logs.get(id) ?? []), event.progress.text].slice(-2000));
      }
      if (
        !runs?.some((run) => run.id === id) ||
        ['finished', 'failed', 'unknown', 'left', 'planned', 'submitted'].includes(event.progress?.kind)
      ) soon();
      else draw();
    }),
    events.on('change', soon),
    events.on('reset', soon),
    onConnection((isConnected) => isConnected && soon()),
    library.onChange(() => draw()),
  ];
  draw();
  load();
  return {
    update(next) {
      state = next.params.get('state') ?? '';
      runs = null;
      replace(list);
      draw();
      load();
    },
    close() {
      clearTimeout(timer);
      turn += 1;
      for (const end of ends) end();
    },
  };
}
