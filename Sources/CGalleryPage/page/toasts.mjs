// Short messages at the foot of the page: what was done, with Undo; what went wrong.

import { api } from './api.mjs';
import { h, icon } from './dom.mjs';

/** The key that undoes everywhere: over a picture, Z alone zooms. */
const undoKey = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘Z' : 'Ctrl Z';
const seconds = 8;
const most = 2;

function show(message, { undo, isError = false, action } = {}) {
  const list = document.getElementById('toasts');
  const close = () => element.remove();
  const button = undo
    ? h('button', { class: 'button quiet', type: 'button', on: { click: () => { close(); revert(undo); } } }, 'Undo ', h('kbd', {}, undoKey))
    : action && h('button', { class: 'button quiet', type: 'button', on: { click: () => { close(); action.run(); } } }, action.label);
  const element = h('div', { class: isError ? 'toast bad' : 'toast', role: isError ? 'alert' : 'status' },
    h('span', {}, message), button,
    h('button', { class: 'button quiet', type: 'button', aria: { label: 'Close' }, on: { click: close } }, icon('close')));
  if (undo && undo !== true) element.dataset.undo = [undo].flat().at(-1);
  element.undo = undo;
  list.append(element);
  while (list.children.length > most) list.firstElementChild.remove();
  let timer = setTimeout(close, seconds * 1000);
  // What is being read stays.
  const hold = () => clearTimeout(timer);
  const release = () => { clearTimeout(timer); timer = setTimeout(close, seconds * 1000); };
  element.addEventListener('pointerenter', hold);
  element.addEventListener('pointerleave', release);
  element.addEventListener('focusin', hold);
  element.addEventListener('focusout', release);
  return close;
}

async function revert(action) {
  try {
    // What was several actions is taken back from its end.
    let answer = null;
    for (const one of [action].flat().toReversed()) answer = await api.post('undo', one === true ? {} : { action: one });
    toast.settle(answer);
    toast.settleErrors();
    show(answer.message);
  } catch (error) {
    toast.error(error);
  }
}

/** Says what was done; `undo` is the action that can be undone, or several in their order. */
export function toast(message, options) {
  return show(message, options);
}

toast.error = (error) => {
  // The line at the top says it, once for everything that waits.
  if (!['not_connected', 'library_gone'].includes(error.code)) show(error.message || String(error), { isError: true });
};

/** Takes errors away: what was done next succeeded. */
toast.settleErrors = () => {
  for (const one of document.querySelectorAll('#toasts .bad')) one.remove();
};

/** Takes back what the newest message offers to; whether there is one. */
toast.takeBack = () => {
  const newest = [...document.querySelectorAll('#toasts > *')].findLast(({ undo }) => undo);
  if (!newest) return false;
  newest.remove();
  revert(newest.undo);
  return true;
};

/** Undoes an action, or the newest change without one. */
toast.revert = (action = true) => revert(action);

/** Takes away the toast of what an undo has just taken back: its Undo would do nothing more. */
toast.settle = (answer) => {
  const id = answer?.outcome?.action?.id;
  if (id) document.querySelector(`#toasts [data-undo="${CSS.escape(id)}"]`)?.remove();
};
