import { h } from './dom.mjs';

export const bar = {
  start(element) { element.append(h('a', { class: 'name', href: '/' }, 'Atelier')); },
};
