// Composing a run: left what goes in, in the middle what is asked, right what will happen and what it costs; below, the runs of this session.

import { api, part } from './api.mjs';
import { confirm } from './dialogs.mjs';
import { referenceList } from './compose-references.mjs';
import { forecast } from './compose-forecast.mjs';
import { questions } from './compose-questions.mjs';
import { sessionRuns } from './compose-runs.mjs';
import { h } from './dom.mjs';
import { draft } from './draft.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { navigate } from './router.mjs';
import { toast } from './toasts.mjs';

/** How long a person must pause before the plan is asked for, in milliseconds. */
const pause = 150;

/** Plans whenever the draft changes; an answer that is overtaken is dropped. */
function planning(tell) {
  let timer = 0;
  let controller = null;
  const plan = async () => {
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    const isWritten = draft.prompt.trim() !== '';
    if (!isWritten && !draft.references.length) { tell({ missing: 'Write a prompt to see the size you will get and what it costs.' }); return; }
    // Sizes, crops and prices do not depend on the words, so they are shown before there are any.
    const request = isWritten ? draft.request() : { ...draft.request(), prompt: 'prompt' };
    try {
      const answer = await api.post('plan', { request, on: library.status?.fal?.available ? 'fal' : 'sandbox' }, { signal });
      tell(answer.problem ? { error: answer.problem } : { answer, isWritten });
    } catch (error) {
      if (error.name !== 'AbortError') tell({ error });
    }
  };
  return {
    soon() { clearTimeout(timer); timer = setTimeout(plan, pause); },
    now: plan,
    stop() { clearTimeout(timer); controller?.abort(); },
  };
}

/** Fills the draft from the address: a run to be made again, or pictures to begin from. */
async function fill(route) {
  try {
    await take(route);
  } catch (error) {
    toast.error(error);
  }
  // The address has done its work: a reload must not undo what was changed since, nor ask again for what is not there.
  if (['from', 'ref', 'set'].some((name) => route.params.has(name))) navigate('/compose', { replace: true });
}

async function take(route) {
  const from = route.params.get('from');
  if (from) {
    const answer = await api.get(`runs/${part(from)}/request`);
    draft.take(answer.request);
  } else if (route.params.has('ref')) {
    const references = [...new Set(route.params.getAll('ref'))];
    // What is not there is told once, and the draft stays as it was.
    await Promise.all(references.filter((word) => !word.startsWith('@')).map((id) => api.get(`pictures/${part(id)}`)));
    draft.set({ references });
  } else if (route.params.has('set')) {
    const set = await api.get(`sets/${part(route.params.get('set'))}`);
    draft.set({ references: (set.set ?? set).members });
  }
}

/** How long a request without an answer is taken for the same one when it is made again, in ms. */
const intentionTime = 3_600_000;

/**
 * The key of one intention: the server answers a second request of the same key with the same run. It is kept until an answer came, by all
 * tabs and through reloads, for as long as the same is asked for.
 */
function intentionFor(wanted) {
  const of = JSON.stringify(wanted);
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem('intention')); } catch { /* Of another version. */ }
  if (kept?.of === of && Date.now() - kept.at < intentionTime) return kept.key;
  const key = crypto.randomUUID();
  localStorage.setItem('intention', JSON.stringify({ key, of, at: Date.now() }));
  return key;
}

const forgetIntention = () => localStorage.removeItem('intention');

export function open(route, place) {
  draft.refresh();
  const scope = keys.scope('compose');
  const right = forecast();
  const plan = planning((state) => { left.show(state); middle.show(state); right.show(state); });
  const left = referenceList();
  const middle = questions();
  const runs = sessionRuns();
  const element = h('div', { class: 'compose' },
    h('h1', { class: 'unseen' }, 'New edit'),
    h('section', { class: 'compose-in', aria: { label: 'References' } }, left.element),
    h('section', { class: 'compose-asked', aria: { label: 'Request' } }, middle.element),
    h('section', { class: 'compose-forecast', aria: { label: 'Plan' } }, right.element),
    h('section', { class: 'compose-runs', aria: { label: 'Runs in this session' } }, runs.element));
  place.append(element);

  let isBusy = false;
  /** Runs once more what may have been submitted already, if a person wants to pay for both. */
  const askAgain = async (on) => {
    const isWanted = await confirm({
      label: 'Run it again?',
      text: 'The same request was sent before and no answer came: it may be running, and paid for. “Needs a decision” can look for it.',
      action: 'Run and pay again',
      isCostly: true,
    });
    if (isWanted) run(on, { again: true });
  };
  const run = async (on, { again = false } = {}) => {
    if (isBusy) return;
    isBusy = true;
    const pressed = document.activeElement;
    right.setBusy(true);
    const request = draft.request();
    const key = intentionFor({ request, on, again });
    try {
      const { runs: begun } = await api.post('runs', { request, on, request_key: key, again });
      forgetIntention();
      for (const one of begun) runs.add(one, on);
    } catch (error) {
      // An answer settles it; without one the same request is the same intention.
      if (error.status > 0 && error.status < 500) forgetIntention();
      if (error.code === 'may_have_been_sent') {
        isBusy = false;
        askAgain(on);
        return;
      }
      toast.error(error.code === 'not_connected' ? new Error('No answer came. Press Run again: it is not paid for twice.') : error);
    } finally {
      // A press that was meant for this run must not begin the next one.
      setTimeout(() => {
        isBusy = false;
        right.setBusy(false);
        if (document.activeElement === document.body && pressed?.isConnected) pressed.focus();
      }, 1000);
    }
  };
  right.onRun(run);

  const forget = [
    draft.onChange(() => { right.update(); plan.soon(); }),
    library.onChange(() => { right.update(); plan.soon(); }),
    left.start(element), middle.start(), runs.start(),
  ];
  scope.bind({ key: 'Escape', label: 'Back to the pictures', group: 'New edit', run: () => navigate('/') });
  scope.bind({
    key: 'Mod+Enter', label: 'Run, with the price on the button', group: 'New edit', inText: true, run: () => right.press(),
  });
  fill(route).finally(() => { plan.now(); });
  middle.focus();

  return {
    update(next) { fill(next); },
    close() {
      plan.stop();
      for (const one of forget) one?.();
      scope.close();
    },
  };
}
