// What stands above pictures that are compared: their words and facts, with what differs marked, and what came
// otherwise than asked.

import { api } from './api.mjs';
import { askedLine, comparedFacts, markedWords, referenceNumbers } from './differences.mjs';
import { h, replace } from './dom.mjs';
import { promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { nameOf } from './pictures.mjs';

const letters = 'ABCD';

/** So many further parameters are named; the panel of each picture has them all. */
const mostMore = 4;

/** Fields that are among the facts anyway, or say nothing to a person who looks. */
const usual = new Set(['model', 'state', 'seed', 'size', 'steps', 'guidance', 'format', 'images', 'image_size']);

/** Of two prompts with little in common everything would be marked, which says nothing. */
function isAlike(pieces) {
  const length = (kinds) => pieces.reduce((sum, { kind, text }) => sum + (kinds.includes(kind) ? text.length : 0), 0);
  return length(['same']) * 4 >= length(['same', 'added']);
}

/** Each pane has `id`, `item`, `detail` and an element `caption`. The first is what the others are compared with. */
export class Captions {
  #diffs = new Map();
  #abort = new AbortController();

  constructor() {
    this.element = h('div', { class: 'captions' });
  }

  close() {
    this.#abort.abort();
  }

  async show(panes) {
    const details = panes.map((pane) => pane.detail);
    const [first] = details;
    if (!first) return;
    await Promise.all(panes.slice(1).map((pane) => pane.detail && this.#diff(panes[0], pane)));
    // A rival came meanwhile: it brings its own call.
    if (panes.some((pane, number) => pane.detail !== details[number])) return;
    panes.forEach((pane, number) => {
      if (!pane.detail) return;
      pane.caption.classList.remove('stale');
      replace(
        pane.caption,
        this.#words(panes, number),
        this.#negative(panes, number),
        this.#facts(panes, number),
        h('p', {}, askedLine(pane.detail)),
      );
    });
  }

  async #diff(a, b) {
    const key = `${a.id} ${b.id}`;
    if (this.#diffs.has(key)) return;
    // What carries no recipe differs from nothing, and is not asked for.
    const isMade = ({ detail }) => Boolean(detail?.run || detail?.asset.recipe);
    if (!isMade(a) || !isMade(b)) {
      this.#diffs.set(key, null);
      return;
    }
    const answer = await api.get('diff', { a: a.id, b: b.id }, { signal: this.#abort.signal }).catch(() => null);
    this.#diffs.set(key, answer);
  }

  /** The first of two is marked too; of more there is no one that it differs from. */
  #other(panes, number) {
    return number > 0 ? panes[0] : panes.length === 2 ? panes[1] : null;
  }

  /** What the server says of two panes. */
  #diffOf(panes, number) {
    const other = this.#other(panes, number);
    const [left, right] = number > 0 ? [other, panes[number]] : [panes[number], other];
    return other && this.#diffs.get(`${left.id} ${right.id}`);
  }

  #words(panes, number) {
    const pane = panes[number];
    const { prompt } = promptsOf(pane.detail);
    const text = this.#diffOf(panes, number)?.texts?.find((each) => each.name === 'prompt');
    const letter = h('b', { class: 'letter' }, letters[number], ' ');
    if (text && isAlike(text.pieces)) {
      return h('p', { class: 'words', dir: 'auto' }, letter, markedWords(text.pieces, number ? 'right' : 'left'));
    }
    return h('p', { class: 'words plain', dir: 'auto', title: prompt ?? '' }, letter, prompt ?? nameOf(pane.item));
  }

  /** The negative prompt, where it differs. */
  #negative(panes, number) {
    const text = this.#diffOf(panes, number)?.texts?.find((each) => each.name === 'negative_prompt');
    if (!text) return null;
    const words = markedWords(text.pieces, number ? 'right' : 'left');
    return words.length > 0 &&
      h('p', { class: 'words', dir: 'auto' }, h('span', { class: 'secondary' }, 'without '), words);
  }

  /** What differs beside the facts that always stand there. */
  #more(panes, number) {
    const side = number ? 'right' : 'left';
    return (this.#diffOf(panes, number)?.fields ?? []).filter((field) => !usual.has(field.name) && field[side] !== null)
      .slice(0, mostMore)
      .map((field) => ({ text: `${field.name.replaceAll('_', ' ')} ${field[side]}`, differs: true }));
  }

  #facts(panes, number) {
    const { detail, item } = panes[number];
    const other = this.#other(panes, number)?.detail;
    const others = other && new Map(comparedFacts(other).map(({ name, text }) => [name, text]));
    const facts = comparedFacts(detail)
      .map(({ name, text }) => ({ text, differs: Boolean(others) && others.get(name) !== text }));
    const references = referenceNumbers(detail, panes[0].detail);
    if (references) facts.splice(2, 0, { ...references, differs: references.differs && number > 0 });
    facts.push(...this.#more(panes, number));
    const mark = number === 0 ? 'del' : 'ins';
    const parts = facts.flatMap(({ text, differs }) => [' · ', differs ? h(mark, {}, text) : text]).slice(1);
    const stars = item.rating &&
      h(
        'span',
        { class: 'rated', aria: { label: format.plural(item.rating, 'star') } },
        ' · ',
        '★'.repeat(item.rating) + '☆'.repeat(5 - item.rating),
      );
    return h('p', { class: 'secondary' }, parts, stars || null, detail.run?.on === 'sandbox' && ' · sandbox',
      detail.asset.trashed && ' · in the trash');
  }
}
