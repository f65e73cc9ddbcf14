// What will happen: the size that comes back and why, what is sent, how long it takes, whether it is owned already, what it costs.

import { h, icon, replace } from './dom.mjs';
import { draft } from './draft.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { address } from './router.mjs';
import { toast } from './toasts.mjs';

const rules = {
  closest_ratio: 'the nearest size that the model makes', keep_aspect: 'your reference’s aspect ratio', multiple_of_32: 'in steps of 32 pixels, as the model makes them',
};

/** Why the size is what it is. */
function rule({ rule: name, width, height }) {
  if (name === 'keep_aspect') return rules[name];
  if (!draft.size) return 'the model’s default';
  const isAsked = typeof draft.size === 'string' || (draft.size.width === width && draft.size.height === height);
  return isAsked ? 'as you asked' : rules[name];
}

/** Where the pictures of a plan would be made, in words. */
const placeWords = { fal: 'on fal', sandbox: 'in the sandbox' };

function sent(plan, on) {
  const send = plan.references.filter((reference) => reference.upload !== 'reuse');
  const bytes = send.reduce((sum, reference) => sum + (reference.upload_bytes ?? 0), 0);
  const reused = plan.references.length - send.length;
  if (!plan.references.length) return ['Nothing to upload', null];
  const first = send.length ? `${format.plural(send.length, 'upload')}, ${format.bytes(bytes)}` : 'Nothing to upload';
  return [first, reused ? `${reused} already ${placeWords[on] ?? 'uploaded'}` : null];
}

function line(sign, text, detail) {
  return h('li', {}, h('span', { class: 'sign', aria: { hidden: 'true' } }, sign), h('span', {}, text, detail && h('span', { class: 'secondary' }, detail)));
}

/** A message as a sentence of its own; what begins with an id or a name stays as it is. */
const sentence = (text) => (/^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);

export function forecast() {
  const body = h('div', { class: 'forecast', aria: { live: 'polite' } });
  const run = h('button', { class: 'button main big', type: 'button', disabled: true }, 'Run');
  const trial = h('button', { class: 'button big', type: 'button', disabled: true }, 'Try it in the sandbox, free');
  const note = h('p', { class: 'secondary' });
  const command = h('div', { class: 'command' });
  const element = h('div', {}, h('h2', { class: 'label' }, 'Plan'), body, h('div', { class: 'run-buttons' }, run, trial), note, command);
  let state = {};
  let isBusy = false;
  let begin = () => {};

  function update() {
    const { answer, isWritten } = state;
    const status = library.status;
    const price = answer?.plan.estimated_price_usd ?? null;
    // A server that stands in for fal takes no money, and its pictures are test cards.
    const standsIn = status?.fal?.is_sandbox === true;
    run.textContent = standsIn ? 'Run in the sandbox, free' : !answer || !isWritten ? 'Run' : price === null ? 'Run, price unknown' : `Run for about ${format.money(price)}`;
    const isWrong = Object.keys(draft.problems()).length > 0;
    const canRun = Boolean(answer) && isWritten && !isWrong && !isBusy && !status?.read_only;
    run.disabled = !canRun || status?.fal?.available !== true;
    trial.hidden = standsIn || status?.sandbox?.available === false;
    trial.disabled = !canRun;
    note.textContent = status?.read_only ? 'This gallery is read-only.'
      : isWrong ? `Correct the ${Object.keys(draft.problems()).join(' and the ')} to run it.`
      : answer && !isWritten ? 'Write a prompt to run it.'
      : status && status.fal?.available !== true ? (status.fal?.problem ?? 'No fal key is set, so this can only run in the sandbox.') : '';
  }

  function show(next) {
    // A plan that is being changed stays in sight until the next one is there.
    state = next;
    if (!next.answer) replace(command);
    if (next.missing) replace(body, h('p', { class: 'secondary' }, next.missing));
    else if (next.error) replace(body, h('p', { class: 'bad' }, sentence(next.error.message)));
    else {
      const { plan, earlier, month_usd: month, on } = next.answer;
      const seconds = next.answer.typical_seconds;
      const isSandbox = on === 'sandbox';
      const isPriced = plan.estimated_price_usd !== null && plan.estimated_price_usd !== undefined;
      const priced = isPriced ? `about ${format.money(plan.estimated_price_usd)}` : isSandbox ? 'price unknown' : 'Price unknown';
      const [send, reused] = sent(plan, on);
      replace(body,
        plan.width ? h('p', { class: 'big-figure' }, format.size(plan.width, plan.height), draft.count > 1 && h('span', { class: 'secondary' }, ` × ${draft.count}`)) : h('p', { class: 'big-figure' }, 'Size unknown'),
        h('p', { class: 'secondary' }, [rule(plan), plan.megapixels && `${plan.megapixels.toFixed(2)} megapixels`].filter(Boolean).join(' · ')),
        h('p', { class: 'secondary breaks' }, plan.model),
        plan.reasons?.length ? h('details', {}, h('summary', {}, 'Why'), h('ul', { class: 'reasons' }, plan.reasons.map((reason) => h('li', {}, reason)))) : null,
        (plan.warnings ?? []).map((warning) => h('p', { class: 'secondary' }, warning)),
        h('ul', { class: 'forecast-list' },
          line('↑', send, reused),
          line('◷', seconds ? `about ${Math.max(1, Math.round(seconds))} s` : 'time unknown', seconds ? `median of your last runs ${placeWords[on] ?? ''}` : `no earlier run ${placeWords[on] ?? ''} to estimate from`),
          !next.isWritten ? null : earlier
            ? line('≡', h('a', { href: address.picture(earlier.id ? `${earlier.id}/1` : earlier) }, 'Already in your library'), `with this recipe and seed${isSandbox ? ', made in the sandbox' : ''}`)
            : line('≡', 'Not in your library yet', draft.seed ? 'with this recipe and seed' : 'without a seed, every run is different')),
        h('p', { class: 'big-figure' }, isSandbox ? 'Free' : priced),
        isSandbox ? h('p', { class: 'secondary' }, `in the sandbox; on fal ${priced}`) : null,
        h('p', { class: 'secondary' }, [
          plan.priced_at ? `estimated, price of ${format.date(plan.priced_at)}` : 'estimated', month !== null && month !== undefined ? `${format.money(month)} this month` : null,
        ].filter(Boolean).join(' · ')));
      const copy = h('button', {
        class: 'button quiet', type: 'button', aria: { label: 'Copy the command line' },
        on: { click: () => navigator.clipboard.writeText(next.answer.command).then(() => toast('Copied the command line')).catch((error) => toast.error(error)) },
      }, icon('copy'));
      replace(command, next.isWritten && next.answer.command ? [h('code', {}, next.answer.command.split(' ').flatMap((word) => [h('span', { class: 'word' }, word), ' '])), copy] : null);
    }
    update();
  }

  run.addEventListener('click', () => begin('fal'));
  trial.addEventListener('click', () => begin('sandbox'));
  return {
    element, show, update,
    onRun(start) { begin = start; },
    setBusy(busy) { isBusy = busy; update(); },
    /** As if the button were pressed: the one that is there. */
    press() {
      if (!run.disabled) run.click();
      else if (library.status && library.status.fal?.available !== true) trial.click();
    },
  };
}
