import { api } from './api.mjs';
import { h, replace } from './dom.mjs';

let place = null;

export const grid = {
  start(element) { place = element; },
  async route(route) {
    const { items } = await api.get('pictures', { q: route.q });
    replace(place, items.map((item) => h('img', { src: `/thumbnails/${item.digest}/256`, alt: item.prompt ?? '', width: 200 })));
  },
  resume() {},
};
