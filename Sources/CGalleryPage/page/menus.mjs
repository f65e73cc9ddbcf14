// Menus: what can be done with something, each with its key.

import { h, icon } from './dom.mjs';
import { giveFocusBack } from './focus.mjs';
import { keys } from './keys.mjs';

let open = null;

/**
 * Opens a menu at an element or at a point `{x, y}`. Items: `{label, key, icon, run, isBad, isChosen, isDisabled}`,
 * `{heading}` or null for a line. Arrows move, a letter jumps, Enter does it, Escape and Tab leave. The focus goes
 * back to where it was.
 */
export function openMenu(place, items, { label = 'Actions', onClose } = {}) {
  closeMenu();
  const before = document.activeElement;
  const scope = keys.scope('menu', { isModal: true });
  const element = h(
    'div',
    { class: 'menu', role: 'menu', tabindex: -1, aria: { label } },
    items.map((item) => row(item)),
  );
  const rows = () => [...element.querySelectorAll('[role^=menuitem]:not(:disabled)')];

  function row(item) {
    if (!item) return h('hr', { role: 'separator' });
    if (item.heading) return h('div', { class: 'label', role: 'presentation' }, item.heading);
    const isChoice = item.isChosen !== undefined;
    return h(
      'button',
      {
        class: item.isBad ? 'bad' : '',
        type: 'button',
        tabindex: -1,
        disabled: item.isDisabled,
        role: isChoice ? 'menuitemradio' : 'menuitem',
        aria: { checked: isChoice ? String(Boolean(item.isChosen)) : null },
        on: {
          click: () => {
            close();
            item.run();
          },
          pointerenter: (event) => event.currentTarget.focus({ preventScroll: true }),
        },
      },
      icon(isChoice ? (item.isChosen ? 'tick' : '') : item.icon ?? ''),
      h('span', { dir: 'auto' }, item.label),
      item.key && h('kbd', {}, item.key),
    );
  }

  function close({ giveBack = true } = {}) {
    if (open !== self) return;
    open = null;
    scope.close();
    element.remove();
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', blur);
    removeEventListener('resize', blur);
    if (giveBack) giveFocusBack(before);
    onClose?.();
  }
  const self = { close, element };
  const outside = (event) => {
    if (!element.contains(event.target)) close({ giveBack: false });
  };
  const blur = () => close();

  element.addEventListener('keydown', (event) => {
    const all = rows();
    const index = all.indexOf(document.activeElement);
    const go = (to) => all[(to + all.length) % all.length]?.focus();
    if (event.key === 'ArrowDown') go(index + 1);
    else if (event.key === 'ArrowUp') go(index < 0 ? all.length - 1 : index - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(all.length - 1);
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLocaleLowerCase();
      const found = [...all.slice(index + 1), ...all.slice(0, index + 1)]
        .find((one) => one.querySelector('span').textContent.toLocaleLowerCase().startsWith(letter));
      found?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  // A menu of a dialog belongs into it, else it would lie beneath.
  (before?.closest?.('dialog') ?? document.body).append(element);
  put(element, place);
  open = self;
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', blur);
  addEventListener('resize', blur);
  (element.querySelector('[aria-checked=true]') ?? rows()[0] ?? element).focus({ preventScroll: true });
  return self;
}

export function closeMenu() {
  open?.close({ giveBack: false });
}

/** Below its element or at its point, and wholly within the window. */
function put(element, place) {
  const rect = place.getBoundingClientRect?.();
  const { offsetWidth: width, offsetHeight: height } = element;
  const room = 8;
  let x = rect ? rect.left : place.x;
  let y = rect ? rect.bottom + 4 : place.y;
  if (rect && x + width > innerWidth - room) x = rect.right - width;
  if (y + height > innerHeight - room) y = rect ? rect.top - height - 4 : place.y - height;
  element.style.left = `${Math.max(room, Math.min(x, innerWidth - width - room))}px`;
  element.style.top = `${Math.max(room, y)}px`;
}
