// What is known of a picture: the panel at its right.

import { api, part } from './api.mjs';
import { h, replace } from './dom.mjs';
import { askedAndGot, commandOf, eventSentence, idOf, promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { copyButton, crop, factTable, foldable, section } from './informing.mjs';
import { nameOf, thumbnail } from './loading.mjs';
import { file, origin, uploads } from './provenance.mjs';
import { address } from './router.mjs';
import { yours } from './yours.mjs';

export class Information {
  #detail = null;
  #query = '';
  #openSections = new Set();

  /** `tools` stands above everything; it is seen on a phone only. */
  constructor({ openLineage, tools }) {
    this.openLineage = openLineage;
    this.body = h('div', { class: 'info-body' });
    this.element = h('aside', { class: 'info', tabIndex: -1, aria: { label: 'Information' } }, tools, this.body);
  }

  /** Before the details are there: what the list knew. What stood there is not shown under another picture. */
  clear() {
    this.#detail = null;
    this.body.classList.add('stale');
  }

  show(detail, query) {
    const isOther = this.#detail?.asset.digest !== detail.asset.digest;
    this.#detail = detail;
    this.#query = query;
    this.body.classList.remove('stale');
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    replace(
      this.body,
      this.#marks(),
      this.#prompt(),
      this.#again(),
      this.#facts(),
      this.#references(),
      this.#lineage(),
      this.#siblings(),
      yours(this.#detail),
      uploads(this.#detail),
      origin(this.#detail),
      file(this.#detail),
      this.#history(),
    );
    if (isOther) this.element.scrollTop = 0;
    if (focused) this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  fail(message) {
    this.body.classList.remove('stale');
    replace(this.body, h('section', {}, h('p', { class: 'secondary' }, message)));
  }

  #marks() {
    const { asset, run } = this.#detail;
    const notice = (title, text) => h('p', {}, h('b', {}, `${title}. `), h('span', { class: 'secondary' }, text));
    const notices = [
      asset.trashed && notice('In the trash', 'Restore it to see it in searches and sets.'),
      run?.on === 'sandbox' && notice('From the sandbox', 'A test card; no model made it.'),
    ].filter(Boolean);
    return notices.length ? h('section', { class: 'notices' }, notices) : null;
  }

  #prompt() {
    const { prompt, negative, seed } = promptsOf(this.#detail);
    if (!prompt && !negative) {
      const text = this.#detail.run ? 'None' : 'The file does not say how it was made.';
      return section('Prompt', null, h('p', { class: 'secondary' }, text));
    }
    const buttons = [
      prompt && copyButton('Copy', prompt, 'prompt', 'Copy the prompt'),
      seed !== null && copyButton('Seed', String(seed), 'seed', 'Copy the seed'),
    ];
    return [
      section('Prompt', h('span', { class: 'row' }, buttons), foldable(prompt ?? 'None')),
      negative &&
      section(
        'Negative prompt',
        copyButton('Copy', negative, 'negative prompt', 'Copy the negative prompt'),
        foldable(negative, 'negative'),
      ),
    ];
  }

  #again() {
    const command = commandOf(this.#detail);
    if (!command) return null;
    return section(
      'Command line',
      copyButton('Copy', command, 'command', 'Copy the command that makes it again'),
      h('code', { class: 'line', tabIndex: 0 }, command),
    );
  }

  #facts() {
    const rows = askedAndGot(this.#detail);
    if (!rows.length) return null;
    const { run, asset } = this.#detail;
    const recipe = asset.recipe;
    const position = this.#detail.position_in_run;
    const drift = (run?.drift ?? []).filter((each) => each.position === null || each.position === position);
    const sign = () => h('b', { class: 'other', aria: { hidden: 'true' } }, '≠ ');
    return section(
      run ? 'Requested and received' : 'Recipe in the file',
      null,
      !run && recipe && h(
        'p',
        { class: 'secondary above' },
        recipe.generator ?? 'Unknown generator',
        recipe.certainty ? ` · ${recipe.certainty}` : '',
      ),
      factTable(rows),
      drift.length > 0 && h('ul', { class: 'drift' }, drift.map(({ message }) => h('li', {}, sign(), message))),
      this.#detail.priced_at && h(
        'p',
        { class: 'secondary below' },
        `Estimated from prices of ${format.date(this.#detail.priced_at)}`,
      ),
    );
  }

  #references() {
    const { run, references } = this.#detail;
    const list = references ?? (run?.references ?? []).map((digest) => ({ digest }));
    if (!list.length) return null;
    return section(
      'References',
      h('span', { class: 'plain' }, format.count(list.length)),
      h('ol', { class: 'refs' }, list.map((reference, index) => this.#reference(reference, index + 1))),
    );
  }

  /** A reference, how many of its pixels the model saw, and what of it was cut off. */
  #reference(reference, number) {
    const { digest, seen_width: seenWidth, seen_height: seenHeight, cropped_share: share } = reference;
    const width = reference.display_width ?? reference.width;
    const height = reference.display_height ?? reference.height;
    const picture = h('img', { src: thumbnail(reference, 256), alt: '', loading: 'lazy' });
    return h(
      'li',
      {},
      h(
        'a',
        { href: address.picture(digest), aria: { label: `Reference ${number}: ${nameOf(reference)}` } },
        h('span', { class: 'thumb' }, h('span', { class: 'whole' }, picture, crop(reference))),
      ),
      h(
        'p',
        {},
        h('b', {}, String(number)),
        seenWidth ? ` · seen at ${format.size(seenWidth, seenHeight)}` : null,
        width ? h('span', {}, `of ${format.size(width, height)}`) : null,
        share > 0.0005 ? h('span', {}, `${(share * 100).toFixed(1)}% cropped`) : null,
      ),
    );
  }

  #lineage() {
    const { asset, run, lineage } = this.#detail;
    const count = run?.references?.length ?? 0;
    const before = !run ? 'imported' : count ? format.plural(count, 'reference') : 'a prompt';
    const uses = lineage?.edges.filter((edge) => edge.kind === 'reference' && edge.asset === asset.digest);
    const runs = new Set(uses?.map((edge) => edge.run)).size;
    const button = h(
      'button',
      {
        class: 'link',
        type: 'button',
        dataset: { key: 'lineage' },
        on: { click: () => this.openLineage() },
      },
      'Open ',
      h('kbd', {}, 'L'),
    );
    return section(
      'Lineage',
      button,
      h(
        'p',
        { class: 'secondary' },
        `${before} → `,
        h('b', {}, 'this'),
        uses && (runs ? ` → ${format.plural(runs, 'run')}` : ' → not used yet'),
      ),
    );
  }

  /** The other pictures of its run. */
  #siblings() {
    const { asset, run, siblings = [] } = this.#detail;
    const outputOf = (id) => run?.outputs?.[id.split('/').at(-1) - 1];
    const others = siblings.map((each) => (typeof each === 'string' ? { ...outputOf(each), id: each } : each))
      .filter((each) => each.digest && each.digest !== asset.digest);
    if (!others.length) return null;
    return section(
      'Same run',
      h('span', { class: 'plain' }, format.count(others.length)),
      h(
        'div',
        { class: 'siblings' },
        others.slice(0, 12).map((each, index) =>
          h('a', {
            href: address.picture(each.id, this.#query),
            aria: { label: `Picture ${index + 1} of the same run` },
          }, h('img', { src: thumbnail(each, 256), alt: '', loading: 'lazy' }))
        ),
      ),
    );
  }

  #history() {
    const list = h('ol', { class: 'events secondary' }, h('li', {}, 'Reading…'));
    const id = idOf(this.#detail);
    const details = h(
      'details',
      {
        open: this.#openSections.has('history'),
        on: {
          toggle: () => {
            this.#openSections[details.open ? 'add' : 'delete']('history');
            if (details.open) fill();
          },
        },
      },
      h('summary', {}, 'History'),
      list,
    );
    const fill = async () => {
      try {
        const answer = await api.get(`history/${part(id)}`);
        replace(
          list,
          answer.events.toReversed().map(
            (event) =>
              h(
                'li',
                {},
                h('time', { dateTime: event.at }, format.time(event.at)),
                h('span', { dir: 'auto' }, eventSentence(event)),
              ),
          ),
        );
      } catch (error) {
        replace(list, h('li', {}, error.message));
      }
    };
    if (details.open) fill();
    return h('section', {}, details);
  }
}
