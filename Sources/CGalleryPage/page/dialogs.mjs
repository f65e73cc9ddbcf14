// Dialogs: one question at a time, over everything, with the focus kept in it and given back after.

import { h } from './dom.mjs';
import { giveFocusBack } from './focus.mjs';
import { keys } from './keys.mjs';

let count = 0;

/**
 * Opens a dialog. `content` is what it holds; `buttons` stand at its foot: `{label, isMain, isBad, run}`, where `run`
 * may return false to keep it open. Enter in a text field presses the main button. Returns `{element, close, closed,
 * scope}`; `closed` is a promise, `scope` takes keys of its own. `onLeave` is asked instead of closing when a person
 * presses Escape or beside the dialog.
 */
export function openDialog({ label, content = [], buttons = [], className = '', onClose, onLeave }) {
  const before = document.activeElement;
  const title = `dialog-${count += 1}`;
  let finish;
  const closed = new Promise((resolve) => {
    finish = resolve;
  });
  const scope = keys.scope(label, { isModal: true });
  let isPressed = false;
  const press = async (button) => {
    // A request that is on its way is not made a second time.
    if (isPressed) return;
    isPressed = true;
    try {
      if (await button.run?.() !== false) close();
    } finally {
      isPressed = false;
    }
  };
  const main = buttons.find((button) => button.isMain);
  const form = h(
    'form',
    {
      method: 'dialog',
      on: {
        submit: (event) => {
          event.preventDefault();
          if (main) press(main);
        },
      },
    },
    h('h2', { id: title, dir: 'auto' }, label),
    content,
    buttons.length > 0 && h(
      'div',
      { class: 'dialog-foot' },
      buttons.map((button) =>
        h(
          'button',
          {
            class: `button${button.isMain ? ' main' : ''}${button.isBad ? ' bad' : ''}`,
            type: button.isMain ? 'submit' : 'button',
            autofocus: Boolean(button.isFirst),
            on: button.isMain ? {} : { click: () => press(button) },
          },
          button.label,
          button.key && h('kbd', {}, button.key),
        )
      ),
    ),
  );
  const element = h('dialog', {
    class: `dialog ${className}`,
    role: 'dialog',
    aria: { labelledby: title, modal: 'true' },
  }, form);
  function close() {
    if (!element.isConnected) return;
    scope.close();
    if (element.open) element.close();
    element.remove();
    giveFocusBack(before);
    onClose?.();
    finish();
  }
  const leave = () => (onLeave ? onLeave(() => press(main), close) : close());
  // The browser's own Escape comes as `cancel`; a list that is open in a field takes it first.
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  element.addEventListener('pointerdown', (event) => {
    if (event.target === element) leave();
  });
  // Tab goes round within the dialog, not on to the browser's own buttons.
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Tab' || event.defaultPrevented) return;
    const all = [...element.querySelectorAll('a[href], button, input, textarea, select, [tabindex="0"]')].filter((
      one,
    ) => !one.disabled && one.checkVisibility());
    const end = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== end && element.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  });
  document.body.append(element);
  element.showModal();
  const first = element.querySelector('[autofocus], input, textarea, .button.main, button');
  first?.focus();
  first?.select?.();
  return { element, close, closed, scope };
}

/** Asks before something that has no way back, or that costs. Resolves to true or false. */
export async function confirm({ label, text, action, isBad = false, isCostly = false }) {
  let answer = false;
  await openDialog({
    label,
    content: h('p', { class: 'secondary', dir: 'auto' }, text),
    buttons: [
      // What costs is not begun by a key that was meant for something else.
      { label: 'Cancel', isFirst: isCostly },
      {
        label: action,
        isMain: true,
        isBad,
        run: () => {
          answer = true;
        },
      },
    ],
  }).closed;
  return answer;
}

/**
 * Asks for a text. Resolves to it, or to null when the dialog was left. `isLong` makes it a field of several lines; with
 * `isKept` a changed text is saved by Escape and by a press beside the dialog, too, and only Cancel drops it.
 */
export async function askText(
  { label, value = '', placeholder = '', hint = '', action = 'Save', isLong = false, isKept = false, check },
) {
  let answer = null;
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const field = isLong ? h('textarea', { value, rows: 6, placeholder, dir: 'auto', aria: { label } }) : h('input', {
    type: 'text',
    value,
    placeholder,
    dir: 'auto',
    autocomplete: 'off',
    spellcheck: false,
    aria: { label },
  });
  const dialog = openDialog({
    label,
    onLeave: isKept && ((save, close) => (field.value.trim() === value.trim() ? close() : save())),
    content: [field, problem, hint && h('p', { class: 'secondary small' }, hint)],
    buttons: [
      { label: 'Cancel' },
      {
        label: action,
        isMain: true,
        key: isLong ? 'Ctrl Enter' : null,
        run: () => {
          const wrong = check?.(field.value.trim());
          if (wrong) {
            problem.textContent = wrong;
            problem.hidden = false;
            field.focus();
            return false;
          }
          answer = field.value.trim();
          return true;
        },
      },
    ],
  });
  if (isLong) {
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        field.form.requestSubmit();
      }
    });
  }
  await dialog.closed;
  return answer;
}
