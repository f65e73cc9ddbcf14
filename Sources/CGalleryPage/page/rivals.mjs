// Who else could stand in a pane: the list under the eye, or the pictures of the same prompt.

import { api } from './api.mjs';
import { items } from './items.mjs';

/** So many words of a prompt find its family; the whole prompt is compared then. */
const words = 12;
const mostOfFamily = 500;

const same = (item, id) => item.id === id || item.digest === id;

/** The list as the grid has it. */
export class Results {
  name = 'results';
  get count() {
    return items.count ?? 0;
  }
  at(index) {
    return items.at(index);
  }
  find(id, near) {
    return items.find(id, near);
  }
}

/** Everything with the prompt of one picture, in one list. */
export class Family {
  name = 'family';
  #list = null;
  #loading = null;

  constructor(prompt) {
    this.prompt = prompt ?? '';
  }

  get count() {
    return this.#list?.length ?? 0;
  }

  load() {
    const phrase = this.prompt.replaceAll('"', ' ').trim().split(/\s+/).slice(0, words).join(' ');
    this.#loading ??= phrase
      ? api.get('pictures', { q: `"${phrase}"`, limit: mostOfFamily }).then(
        ({ items: found }) => {
          this.#list = found.filter((item) => item.prompt === this.prompt);
        },
      )
      : Promise.resolve().then(() => {
        this.#list = [];
      });
    return this.#loading;
  }

  async at(index) {
    await this.load();
    return this.#list[index] ?? null;
  }
  async find(id) {
    await this.load();
    return this.#list.findIndex((item) => same(item, id));
  }
}

/** The next one in a direction that is not in the way of another pane; null at the end. */
export async function nextRival(source, from, by, taken) {
  await source.load?.();
  for (let index = from + by; index >= 0 && index < source.count; index += by) {
    const item = await source.at(index);
    if (item && !taken.some((id) => same(item, id))) return { item, index };
  }
  return null;
}
