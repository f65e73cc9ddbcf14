// Keys and what they do. A key that is pressed in a text field is text.

/** Keys that go on while they are held; any other does its thing once. */
const repeated = /^(Shift\+)?(Arrow\w+|Page\w+|[-+=[\]])$/;

/** Keys that were pressed while the view they are meant for is being loaded; null when none is. */
let held = null;
/** Until when keys are kept: nothing is done by surprise long after it was asked for. */
let heldUntil = 0;
/** How long, in milliseconds. */
const patience = 2000;

const scopes = [{ name: 'page', bindings: new Map() }];

/** The key of an event as bindings name it: `a`, `Enter`, `Shift+ArrowLeft`, `Mod+z` (Ctrl, on a Mac Cmd). */
function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = key.length === 1 && key.toUpperCase() !== key;
  const shift = event.shiftKey && (isLetter || key.length > 1) ? 'Shift+' : '';
  return `${event.ctrlKey || event.metaKey ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${key}`;
}

function isText(target) {
  return target.closest?.('input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable]') != null;
}

export const keys = {
  /**
   * A key of the topmost scope. `label` and `group` are what `?` shows; without a label it is not shown.
   * `run` may return false to let the key through. Returns a function that takes it back.
   */
  bind({ key, label = '', group = '', run, inText = false, scope = scopes.at(-1) }) {
    const binding = { key, label, group, run, inText };
    scope.bindings.set(key, binding);
    return () => { if (scope.bindings.get(key) === binding) scope.bindings.delete(key); };
  },

  /** A view's or a dialog's own keys, over those below; `isModal` hides what is below. Returns the scope, with `close()`. */
  scope(name, { isModal = false } = {}) {
    const scope = { name, isModal, bindings: new Map() };
    scope.bind = (binding) => keys.bind({ ...binding, scope });
    scope.close = () => { const index = scopes.indexOf(scope); if (index > 0) scopes.splice(index, 1); };
    scopes.push(scope);
    return scope;
  },

  /** Every key that does something now, topmost first. */
  shown() {
    const shown = [];
    for (const scope of scopes.toReversed()) {
      for (const binding of scope.bindings.values()) {
        if (binding.label && !shown.some((other) => other.key === binding.key)) shown.push(binding);
      }
      if (scope.isModal) break;
    }
    return shown;
  },

  /** Keeps keys for a view that is being loaded: who opens a picture and rates it at once means the picture. */
  hold() {
    held ??= [];
    heldUntil = performance.now() + patience;
  },

  /** Gives the keys that were kept to what is open now; or forgets them, when nothing was opened. */
  release({ isOpen = true } = {}) {
    const kept = isOpen && held && performance.now() < heldUntil ? held : [];
    held = null;
    while (kept.length) {
      // One of them may lead to something that is not here yet, for which the others are meant.
      if (held) {
        held.push(...kept);
        return;
      }
      press(kept.shift());
    }
  },

  start() {
    document.addEventListener('keydown', (event) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (isHeld(event)) {
        held.push(event);
        event.preventDefault();
      } else {
        press(event);
      }
    });
  },
};

function isHeld(event) {
  const isForPage = event.ctrlKey || event.metaKey || event.altKey || event.key === 'Tab' || isText(event.target);
  return held && !isForPage && performance.now() < heldUntil;
}

/** Does what a key means in the topmost scope that knows it. */
function press(event) {
  const name = nameOf(event);
  const text = isText(event.target);
  for (const scope of scopes.toReversed()) {
    const binding = scope.bindings.get(name);
    if (binding && (!text || binding.inText)) {
      if (event.repeat && !repeated.test(name)) {
        event.preventDefault();
        return;
      }
      if (binding.run(event) !== false) event.preventDefault();
      return;
    }
    if (scope.isModal) return;
  }
}
