// What is known of a picture: the panel at its right.

import { actions } from './actions.mjs';
import { api, part } from './api.mjs';
import { h, icon, replace } from './dom.mjs';
import { askedAndGot, commandOf, eventSentence, promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { copyButton, crop, factTable, foldable, untilWords } from './informing.mjs';
import { thumbnail, nameOf } from './pictures.mjs';
import { address } from './router.mjs';
import { toast } from './toasts.mjs';

export class Information {
  #detail = null; #query = ''; #openSections = new Set();

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
    replace(this.body, this.#marks(), this.#prompt(), this.#again(), this.#facts(), this.#references(), this.#lineage(), this.#siblings(), this.#words(), this.#fal(), this.#made(),
      this.#file(), this.#history());
    if (isOther) this.element.scrollTop = 0;
    if (focused) this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  fail(message) {
    this.body.classList.remove('stale');
    replace(this.body, h('section', {}, h('p', { class: 'secondary' }, message)));
  }

  /** The picture as its run names it, else its digest. */
  get #id() {
    const { run, position_in_run: position, asset } = this.#detail;
    return run && Number.isInteger(position) ? `${run.id}/${position + 1}` : asset.id;
  }

  #section(title, aside, ...content) {
    return h('section', {}, h('h2', {}, h('span', {}, title), aside), ...content);
  }

  #marks() {
    const { asset, run } = this.#detail;
    const isSandbox = run?.on === 'sandbox';
    if (!asset.trashed && !isSandbox) return null;
    return h('section', { class: 'notices' },
      asset.trashed && h('p', {}, h('b', {}, 'In the trash. '), h('span', { class: 'secondary' }, 'It stays until the trash is emptied.')),
      isSandbox && h('p', {}, h('b', {}, 'From the sandbox. '), h('span', { class: 'secondary' }, 'Drawn offline to try things out; no model made it.')));
  }

  #prompt() {
    const { prompt, negative, seed } = promptsOf(this.#detail);
    if (!prompt && !negative) return this.#detail.asset.title ? null : this.#section('Prompt', null, h('p', { class: 'secondary' }, this.#detail.run ? 'None' : 'The file says nothing of how it was made.'));
    return [
      this.#section('Prompt', h('span', { class: 'row' }, copyButton('Copy', prompt, 'prompt', 'Copy the prompt'), seed !== null && copyButton('Seed', String(seed), 'seed', 'Copy the seed')), foldable(prompt ?? 'None')),
      negative && this.#section('Negative prompt', copyButton('Copy', negative, 'negative prompt', 'Copy the negative prompt'), foldable(negative, 'negative')),
    ];
  }

  #again() {
    const command = commandOf(this.#detail);
    if (!command) return null;
    return this.#section('Command line', copyButton('Copy', command, 'command', 'Copy the command that makes it again'), h('code', { class: 'line', tabIndex: 0 }, command));
  }

  #facts() {
    const rows = askedAndGot(this.#detail);
    if (!rows.length) return null;
    const { run, asset } = this.#detail;
    const recipe = asset.recipe;
    return this.#section(run ? 'Asked and got' : 'Recipe in the file', null,
      !run && recipe && h('p', { class: 'secondary above' }, recipe.generator ?? 'Unknown generator', recipe.certainty ? ` · ${recipe.certainty}` : ''),
      factTable(rows),
      run?.drift?.length > 0 && h('ul', { class: 'drift' }, run.drift.map((each) => h('li', {}, h('b', { class: 'other' }, '≠ '), each.message))),
      this.#detail.priced_at && h('p', { class: 'secondary below' }, `Estimated from prices of ${format.date(this.#detail.priced_at)}`));
  }

  #references() {
    const { run, references } = this.#detail;
    const list = references ?? (run?.references ?? []).map((digest) => ({ digest }));
    if (!list.length) return null;
    return this.#section('References', h('span', { class: 'plain' }, format.count(list.length)), h('ol', { class: 'refs' }, list.map((reference, index) => {
      const seen = reference.seen_width ? `seen at ${format.size(reference.seen_width, reference.seen_height)}` : null;
      const of = reference.display_width ?? reference.width;
      const cropped = reference.cropped_share > 0.0005 ? `${(reference.cropped_share * 100).toFixed(1)} % cropped` : null;
      return h('li', {}, h('a', { href: address.picture(reference.digest), aria: { label: `Reference ${index + 1}: ${nameOf(reference)}` } },
        h('span', { class: 'thumb' }, h('img', { src: thumbnail(reference, 256), alt: '', loading: 'lazy' }), crop(reference))),
      h('p', {}, h('b', {}, `${index + 1}`), seen && ` · ${seen}`, of && h('span', {}, `of ${format.size(of, reference.display_height ?? reference.height)}`), cropped && h('span', {}, cropped)));
    })));
  }

  #lineage() {
    const { run, lineage } = this.#detail;
    const digest = this.#detail.asset.digest;
    const count = run?.references?.length ?? 0;
    const uses = lineage ? new Set(lineage.edges.filter((edge) => edge.kind === 'reference' && edge.asset === digest).map((edge) => edge.run)).size : null;
    const text = h('p', { class: 'secondary' }, run ? (count ? format.plural(count, 'reference') : 'a prompt') : 'imported', ' → ', h('b', {}, 'this'),
      uses === null ? '' : uses ? ` → ${format.plural(uses, 'run')}` : ' → nothing yet');
    return this.#section('Lineage', h('button', { class: 'link', type: 'button', dataset: { key: 'lineage' }, on: { click: () => this.openLineage() } }, 'Open ', h('kbd', {}, 'L')), text);
  }

  #siblings() {
    const digest = this.#detail.asset.digest;
    const { run } = this.#detail;
    const siblings = (this.#detail.siblings ?? []).map((each) => (typeof each === 'string' ? { id: each, digest: run?.outputs?.[each.split('/').at(-1) - 1]?.digest } : each))
      .filter((each) => each.digest && each.digest !== digest);
    if (!siblings.length) return null;
    return this.#section('Same prompt', h('span', { class: 'plain' }, format.count(siblings.length)),
      h('div', { class: 'siblings' }, siblings.slice(0, 12).map((each) => h('a', { href: address.picture(each.id ?? each.digest, this.#query), title: each.seed ? `seed ${each.seed}` : '', aria: { label: each.seed ? `Seed ${each.seed}` : nameOf(each) } },
        h('img', { src: thumbnail(each, 256), alt: '', loading: 'lazy' })))));
  }

  /** What a person said of it: title, note, tags, sets. */
  #words() {
    const { asset } = this.#detail;
    const change = async (work) => {
      try { const answer = await work(); toast(answer.message ?? 'Done', answer.action ? { undo: answer.action } : {}); } catch (error) { toast.error(error); }
    };
    const chip = (text, href, remove, label) => h('li', { class: 'own-chip' }, h('a', { href, dir: 'auto' }, text),
      h('button', { type: 'button', aria: { label }, on: { click: () => change(remove) } }, icon('close')));
    const add = (text, key, run) => h('button', { class: 'link', type: 'button', dataset: { key: text }, on: { click: run } }, text, ' ', h('kbd', {}, key));
    const said = (name, key, text, run) => h('div', { class: 'said' }, h('span', { class: 'label' }, name), text ? h('p', { dir: 'auto' }, text) : null, add(text ? `Change ${name.toLowerCase()}` : `Add a ${name.toLowerCase()}`, key, run));
    const quoted = (name) => (/^[\p{L}\p{N}_./-]+$/u.test(name) ? name : `"${name}"`);
    return this.#section('Yours', null,
      said('Title', 'E', asset.title, () => actions.title(this.#id)), said('Note', 'N', asset.note, () => actions.note(this.#id)),
      h('div', { class: 'said' }, h('span', { class: 'label' }, 'Tags'),
        asset.tags.length > 0 && h('ul', { class: 'own-chips' }, asset.tags.map((tag) => chip(tag, address.grid(`tag:${quoted(tag)}`), () => api.post('tags', { ids: [this.#id], remove: [tag] }), `Remove the tag ${tag}`))),
        add('Add tags', 'T', () => actions.tag([this.#id]))),
      h('div', { class: 'said' }, h('span', { class: 'label' }, 'Sets'),
        asset.sets.length > 0 && h('ul', { class: 'own-chips' }, asset.sets.map((set) => chip(set, address.grid(`set:${quoted(set)}`), () => api.post(`sets/${part(set)}`, { remove: [this.#id] }), `Take out of ${set}`))),
        add('Put into a set', 'S', () => actions.addToSet([this.#id]))));
  }

  #fal() {
    const { uploads = [], references = [] } = this.#detail;
    const lines = [...(uploads ?? []).map((upload) => ['this picture', upload]), ...references.flatMap((each, index) => (each.uploads ?? []).map((upload) => [each.name ?? `reference ${index + 1}`, upload]))];
    if (!lines.length) return null;
    return this.#section('On fal', null, h('ul', { class: 'secondary' }, lines.map(([name, upload]) => h('li', {}, `${name}: ${upload.access}, ${untilWords(upload)}`))));
  }

  #made() {
    const { asset, run } = this.#detail;
    const imported = asset.origins.find((origin) => origin.how === 'imported');
    const seconds = run?.response?.timings?.inference;
    const parts = run ? [format.time(run.created_at), run.model, seconds > 0.05 ? `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` : null] : [format.time(imported?.at ?? asset.added_at), imported?.path];
    return this.#section(run ? 'Made' : 'Imported', null, h('p', { class: 'secondary breaks' }, parts.filter(Boolean).join(' · ')),
      run && h('p', { class: 'secondary breaks' }, `run ${run.id}`, run.outputs?.length > 1 ? `, picture ${(this.#detail.position_in_run ?? 0) + 1} of ${run.outputs.length}` : ''));
  }

  #file() {
    const { asset } = this.#detail;
    const facts = [['Format', `${asset.format}${asset.frame_count > 1 ? `, ${format.plural(asset.frame_count, 'frame')}` : ''}`], ['Pixels', `${format.size(asset.display_width, asset.display_height)} · ${(asset.display_width * asset.display_height / 1e6).toFixed(1)} MP`],
      ['Bytes', format.bytes(asset.byte_count)], ['Depth', `${asset.bit_depth ?? '?'} bit, ${format.plural(asset.channels ?? 0, 'channel')}${asset.has_alpha ? ', transparent' : ''}`],
      asset.color_profile && ['Profile', asset.color_profile], ['Digest', asset.digest.slice(0, 12)], ['File', asset.path]].filter(Boolean);
    return this.#section('File', h('a', { class: 'link', href: `/blobs/${asset.digest}`, download: `${(asset.title ?? nameOf(asset)).slice(0, 60).replace(/[^\p{L}\p{N} _-]/gu, '') || asset.digest.slice(0, 12)}.${asset.format === 'jpeg' ? 'jpg' : asset.format}` }, 'Download'),
      h('dl', { class: 'facts two' }, facts.map(([name, value]) => [h('dt', {}, name), h('dd', { class: 'breaks' }, value)])),
      asset.unread && h('p', { class: 'secondary below' }, `Not read from the file: ${asset.unread}`));
  }

  #history() {
    const list = h('ol', { class: 'events secondary' }, h('li', {}, 'Reading…'));
    const id = this.#id;
    const details = h('details', { open: this.#openSections.has('history'), on: { toggle: () => {
      this.#openSections[details.open ? 'add' : 'delete']('history');
      if (details.open) fill();
    } } }, h('summary', {}, 'History'), list);
    const fill = async () => {
      try {
        const answer = await api.get(`history/${part(id)}`);
        replace(list, (answer.events ?? answer.items ?? []).map((event) => h('li', {}, h('time', { dateTime: event.at }, format.time(event.at)), h('span', { dir: 'auto' }, eventSentence(event)))));
      } catch (error) { replace(list, h('li', {}, error.message)); }
    };
    if (details.open) fill();
    return h('section', {}, details);
  }
}
