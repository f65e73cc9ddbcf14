// Two to four pictures beside or over each other, with one zoom. The rival changes, the part that is looked at stays.

import { actions } from './actions.mjs';
import { api, part } from './api.mjs';
import { Captions } from './captions.mjs';
import { h, icon, replace } from './dom.mjs';
import { events } from './events.mjs';
import { itemOf, promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';
import { overKeys } from './overkeys.mjs';
import { Frame, giveFocusBack, nameOf, Preloader, sizeOf } from './pictures.mjs';
import { Family, nextRival, Results } from './rivals.mjs';
import { address, back, navigate } from './router.mjs';
import { toast } from './toasts.mjs';
import { Zoom } from './zoom.mjs';

const most = 4;
const letters = 'ABCD';
/** How differences can be looked at; all but the first lay two over each other. */
const modes = [
  { name: 'side', label: 'Side by side', key: 's' }, { name: 'slider', label: 'Slider', key: 'w' },
  { name: 'flicker', label: 'Flicker', key: 'b' }, { name: 'difference', label: 'Difference', key: 'd' },
];
const gains = [1, 4, 16];

export function open(route, place) {
  const view = new CompareView(place);
  view.go(route);
  return { update: (next) => view.go(next), close: () => view.close() };
}

class CompareView {
  #known = new Map(); #abort = new AbortController(); #turn = 0; #isFollowing = false;

  constructor(place) {
    this.focusedBefore = document.activeElement;
    this.panes = [];
    this.active = 1;
    this.mode = 'side';
    this.isLinked = true;
    this.source = new Results();
    this.front = 1;
    this.split = 50;
    this.gain = 0;
    this.preloader = new Preloader();
    this.#build(place);
    this.#bind();
    this.stopListening = events.on('change', (change) => this.#changed(change));
  }

  #build(place) {
    this.heading = h('h1', {});
    this.where = h('button', {
      class: 'button quiet source', type: 'button', title: 'Rivals from the results or from the same prompt (R)',
      on: { click: () => this.#changeSource() },
    });
    this.modeButtons = modes.map(
      (mode) => h(
        'button',
        {
          class: 'button quiet mode', type: 'button', role: 'radio', title: `${mode.label} (${mode.key.toUpperCase()})`,
          aria: { label: mode.label }, on: { click: () => this.#setMode(mode.name) },
        },
        mode.label,
      )
    );
    this.gainButton = h('button', {
      class: 'button quiet gain', type: 'button', title: 'Make small differences stronger (G)', hidden: true,
      on: { click: () => this.#changeGain() },
    });
    this.linkButton = h('button', {
      class: 'button quiet link-zoom', type: 'button', title: 'Zoom and pan together (K)',
      on: { click: () => this.#toggleLink() },
    });
    const top = h('header', { class: 'top' }, h(
      'button',
      { class: 'button quiet leave', type: 'button', aria: { label: 'Back' }, on: { click: () => this.#leave() } },
      icon('back'), h('span', {}, 'Back'), h('kbd', {}, 'Esc'),
    ),
      this.heading, this.where, h('span', { class: 'grow' }), h(
        'span', { class: 'modes', role: 'radiogroup', aria: { label: 'How to compare' } }, this.modeButtons,
      ), this.gainButton, this.linkButton);
    this.captions = new Captions();
    this.divider = h(
      'div',
      {
        class: 'handle', role: 'slider', tabIndex: 0, hidden: true,
        aria: { label: 'Where the one ends and the other begins', valuemin: '0', valuemax: '100' },
      },
      h('i', {}),
    );
    this.board = h('div', { class: 'panes' }, this.divider);
    this.live = h('p', { class: 'unseen', aria: { live: 'polite' } });
    this.element = h(
      'section', { class: 'compare', aria: { label: 'Compare' } }, top, this.captions.element, this.board, this.live,
    );
    place.append(this.element);
    const drag = (event) => {
      if (!this.divider.hasPointerCapture(event.pointerId)) return;
      const { left, width } = this.board.getBoundingClientRect();
      this.#setSplit((event.clientX - left) / width * 100);
    };
    this.divider.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      this.divider.setPointerCapture(event.pointerId);
    });
    this.divider.addEventListener('pointermove', drag);
    this.divider.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10, Home: -100, End: 100 }[event.key];
      if (by) { event.preventDefault(); this.#setSplit(this.split + by); }
    });
  }

  #bind() {
    const scope = overKeys('compare', () => this.route.q);
    this.scope = scope;
    const bind = (key, label, run, group = 'Compare') => scope.bind({ key, label, group, run });
    bind('ArrowRight', 'Next rival', () => this.#step(1));
    bind('ArrowLeft', 'Previous rival', () => this.#step(-1));
    bind('ArrowDown', 'Next pane', () => this.#activate((this.active + 1) % this.panes.length, true));
    bind('ArrowUp', 'Previous pane', () => this.#activate(
      (this.active + this.panes.length - 1) % this.panes.length, true,
    ));
    for (let number = 1; number <= most; number += 1) {
      bind(String(number), 'Keep one: rate it above the others', () => this.#keep(number - 1));
    }
    for (const mode of modes) bind(mode.key, mode.label, () => this.#setMode(mode.name));
    bind(' ', 'Flicker: show the other', (event) => {
      if (event.target.closest('button')) return false;
      this.#flick();
      return true;
    });
    bind('g', 'Make differences stronger', () => this.#changeGain());
    bind('k', 'Link zoom and pan', () => this.#toggleLink());
    bind('r', 'Rivals of the same prompt, or of the results', () => this.#changeSource());
    bind('i', 'Words and facts', () => this.element.classList.toggle('bare'));
    bind('Enter', 'Open the picture', (event) => {
      if (event.target.closest('button')) return false;
      this.#openPicture();
      return true;
    });
    bind('f', 'Favourite', () => this.#favourite(), 'Mark');
    bind('Delete', 'Move to the trash; the next rival comes', () => this.#trash(), 'Mark');
    bind('Escape', 'Back', () => this.#leave());
    bind('z', 'Fit or 1:1', () => this.zoom?.toggle(), 'Zoom');
    for (const key of ['+', '=']) bind(key, key === '+' ? 'Zoom in' : '', () => this.zoom?.step(1.25), 'Zoom');
    bind('-', 'Zoom out', () => this.zoom?.step(0.8), 'Zoom');
    for (
      const [key, x, y] of [['ArrowRight', -1, 0], ['ArrowLeft', 1, 0], ['ArrowUp', 0, 1], ['ArrowDown', 0, -1]]
    ) bind(`Shift+${key}`, key === 'ArrowRight' ? 'Pan' : '', () => this.zoom?.pan(x * 120, y * 120), 'Zoom');
  }

  get zoom() { return this.panes[this.active]?.zoom; }
  get ids() { return this.panes.map((pane) => pane.id); }

  /** The address says who stands where; panes that keep theirs are not touched. */
  go(route) {
    this.route = route;
    const ids = route.ids.slice(0, most);
    if (ids.length < 2) { navigate(address.grid(route.q), { replace: true }); return; }
    while (this.panes.length > ids.length) this.#removePane();
    while (this.panes.length < ids.length) this.#addPane();
    this.active = Math.min(this.active, ids.length - 1);
    this.front = Math.min(this.front, ids.length - 1);
    ids.forEach((id, number) => { if (this.panes[number].id !== id) this.#fill(this.panes[number], id); });
    this.element.dataset.count = ids.length;
    this.#drawHead();
    this.#arrange();
    if (!this.element.contains(document.activeElement)) this.panes[this.active].element.focus({ preventScroll: true });
  }

  #addPane() {
    const number = this.panes.length;
    const letter = letters[number];
    const pane = { id: null, item: null, detail: null, frame: new Frame() };
    pane.tag = h('span', { class: 'keep' }, h('span', { class: 'stars-text' }), h(
      'button',
      {
        type: 'button', title: `Keep ${letter}: rate it above the others (${number + 1})`,
        on: { click: () => this.#keep(number) },
      },
      `${letter} · keep `, h('kbd', {}, String(number + 1)),
    ));
    pane.element = h(
      'div',
      {
        class: 'pane stage', tabIndex: 0, role: 'group',
        on: { focus: () => this.#activate(number), pointerdown: () => this.#activate(number) },
      },
      pane.frame.element, pane.tag,
    );
    const edge = (kind, label, by) => h('button', {
      class: `edge ${kind}`, type: 'button', tabIndex: -1, aria: { label },
      on: { click: () => { this.#activate(number); this.#step(by); } },
    }, icon(kind));
    pane.element.append(edge('previous', 'Previous rival', -1), edge('next', 'Next rival', 1));
    pane.caption = h('div', { class: 'caption', on: { click: () => this.#activate(number) } });
    this.board.insertBefore(pane.element, this.divider);
    this.captions.element.append(pane.caption);
    pane.zoom = new Zoom(pane.element, {
      changed: (zoom, byHand) => this.#zoomed(pane, zoom, byHand), swiped: (move) => this.#swiped(number, move),
    });
    const first = this.panes[0];
    if (first) pane.zoom.view = { ...first.zoom.view };
    this.panes.push(pane);
  }

  #removePane() {
    const pane = this.panes.pop();
    pane.zoom.close();
    pane.frame.close();
    pane.element.remove();
    pane.caption.remove();
  }

  async #fill(pane, id) {
    pane.id = id;
    const known = this.#known.get(id);
    const isEmpty = !pane.item;
    pane.detail = null;
    if (known) this.#show(pane, known, isEmpty);
    else if (!isEmpty) pane.caption.classList.add('stale');
    try {
      if (!known) {
        const index = await items.find(id, 0).catch(() => -1);
        const item = index >= 0 ? await items.at(index) : null;
        if (pane.id !== id) return;
        if (item) { this.#known.set(id, item); this.#show(pane, item, isEmpty); }
      }
      await this.#refresh(pane, isEmpty && !pane.item);
    } catch (error) {
      if (error.name === 'AbortError' || pane.id !== id) return;
      replace(pane.caption, h('p', { class: 'other' }, error.message));
    }
  }

  async #refresh(pane, isEmpty = false) {
    const { id } = pane;
    const detail = await api.get(`pictures/${part(id)}`, {}, { signal: this.#abort.signal });
    if (pane.id !== id) return;
    pane.detail = detail;
    const item = itemOf(detail, id, pane.item?.id === id ? pane.item : null);
    this.#known.set(id, item);
    this.#show(pane, item, isEmpty);
    this.#drawCaptions();
  }

  /** Another window, or the command line, said something of a picture that is here. */
  #changed({ assets }) {
    this.#known.clear();
    for (const pane of this.panes) {
      const isMeant = !assets?.length || assets.includes(pane.item?.digest) || assets.includes(pane.id);
      if (pane.item && isMeant) this.#refresh(pane).catch(() => {});
    }
  }

  #show(pane, item, isEmpty) {
    pane.item = item;
    pane.frame.show(item);
    pane.zoom.show(sizeOf(item), { keep: !isEmpty || this.panes[0] !== pane });
    pane.element.setAttribute('aria-label', `${letters[this.panes.indexOf(pane)]}: ${nameOf(item).slice(0, 200)}`);
    this.#drawTag(pane);
    this.#wantRivals();
  }

  #drawTag(pane) {
    const { rating, favourite } = pane.item;
    replace(pane.tag.firstChild, `${'★'.repeat(rating ?? 0)}${favourite ? ' ♥' : ''}`);
    pane.tag.firstChild.hidden = !rating && !favourite;
  }

  #zoomed(pane, zoom, byHand) {
    if (pane.item) pane.frame.lay(zoom.place);
    pane.element.classList.toggle('zoomed', zoom.overflows);
    if (byHand && !this.#isFollowing && (this.isLinked || this.mode !== 'side')) {
      this.#isFollowing = true;
      for (const other of this.panes) if (other !== pane) other.zoom.follow(zoom.view);
      this.#isFollowing = false;
    }
    if (this.panes[this.active] === pane || byHand) this.#drawZoom();
  }

  #swiped(number, { dx, dy, isDone }) {
    if (!isDone || Math.abs(dx) < 60 || Math.abs(dx) < Math.abs(dy)) return;
    this.#activate(number);
    this.#step(dx < 0 ? 1 : -1);
  }

  #drawZoom() {
    const zoom = this.panes[this.active]?.zoom;
    if (!zoom) return;
    const isLinked = this.isLinked || this.mode !== 'side';
    const size = zoom.isFit ? 'fit' : `${Math.round(zoom.pixels * 100)} %`;
    this.linkButton.textContent = `${isLinked ? 'Linked' : 'Own'} zoom · ${size}`;
    this.linkButton.setAttribute('aria-pressed', String(isLinked));
    this.linkButton.disabled = this.mode !== 'side';
  }

  #drawHead() {
    this.heading.textContent = format.plural(this.panes.length, 'picture');
    this.where.textContent = this.source.name === 'family'
      ? 'of one prompt' : this.route.q ? `of “${this.route.q.slice(0, 40)}”` : 'of all';
    modes.forEach((mode, index) => {
      this.modeButtons[index].classList.toggle('on', mode.name === this.mode);
      this.modeButtons[index].setAttribute('aria-checked', String(mode.name === this.mode));
    });
    this.gainButton.hidden = this.mode !== 'difference';
    this.gainButton.textContent = `× ${gains[this.gain]}`;
    document.title = `Compare · Atelier`;
    this.#drawZoom();
  }

  // What is laid over what.

  #setMode(name) {
    this.mode = name;
    if (name !== 'side' && this.panes.length > 1) {
      const [first] = this.panes;
      for (const pane of this.panes.slice(1)) pane.zoom.follow(first.zoom.view);
      this.front = this.active || 1;
    }
    this.#drawHead();
    this.#arrange();
  }

  /** Overlaid are the first and the one that is in front. */
  #arrange() {
    const isOver = this.mode !== 'side';
    const upper = this.active || this.front;
    if (isOver && this.active) this.front = this.active;
    this.element.dataset.mode = this.mode;
    this.divider.hidden = this.mode !== 'slider';
    this.board.style.filter = this.mode === 'difference' && this.gain ? `brightness(${gains[this.gain]})` : '';
    this.panes.forEach((pane, number) => {
      const isShown = !isOver || number === 0 || number === upper;
      pane.element.classList.toggle('aside', !isShown);
      pane.element.classList.toggle('upper', isOver && number === upper);
      pane.element.classList.toggle('active', number === this.active);
      pane.caption.classList.toggle('active', number === this.active);
      pane.element.style.clipPath = this.mode === 'slider' && number === upper ? `inset(0 0 0 ${this.split}%)` : '';
      pane.element.classList.toggle('under', this.mode === 'flicker' && number === upper && this.isFlicked);
    });
    this.divider.style.left = `${this.split}%`;
    this.divider.setAttribute('aria-valuenow', String(Math.round(this.split)));
  }

  #setSplit(value) { this.split = Math.min(Math.max(value, 0), 100); this.#arrange(); }
  #changeGain() {
    if (this.mode !== 'difference') return;
    this.gain = (this.gain + 1) % gains.length;
    this.#drawHead();
    this.#arrange();
  }
  #toggleLink() {
    this.isLinked = !this.isLinked;
    if (
      this.isLinked && this.zoom
    ) for (const pane of this.panes) if (pane.zoom !== this.zoom) pane.zoom.follow(this.zoom.view);
    this.#drawZoom();
  }

  #flick() {
    if (this.mode !== 'flicker') this.#setMode('flicker');
    this.isFlicked = !this.isFlicked;
    this.#arrange();
    this.live.textContent = `${letters[this.isFlicked ? 0 : this.front]} is shown`;
  }

  #activate(number, takesFocus = false) {
    if (number !== this.active) {
      this.active = number;
      this.#arrange();
      this.#drawZoom();
      this.#wantRivals();
    }
    if (takesFocus) this.panes[number].element.focus();
  }

  // Rivals.

  async #indexOf(pane) {
    const index = await this.source.find(pane.id, pane.index ?? 0).catch(() => -1);
    pane.index = index >= 0 ? index : pane.index;
    return index;
  }

  async #step(by) {
    const pane = this.panes[this.active];
    const turn = ++this.#turn;
    const from = await this.#indexOf(pane);
    const rival = await nextRival(this.source, from < 0 ? (by > 0 ? -1 : this.source.count) : from, by, this.ids);
    if (turn !== this.#turn) return;
    if (!rival) { this.live.textContent = by > 0 ? 'That was the last rival' : 'That was the first rival'; return; }
    this.#put([[this.active, rival]]);
    const name = nameOf(rival.item).slice(0, 120);
    this.live.textContent = `${letters[this.active]}: ${name}, ${rival.index + 1} of ${this.source.count}`;
  }

  /** Rivals take their panes in one step of the address. */
  #put(pairs) {
    const ids = [...this.ids];
    for (const [number, { item, index }] of pairs) {
      this.#known.set(item.id, item);
      ids[number] = item.id;
      this.panes[number].index = index;
    }
    navigate(address.compare(ids, this.route.q), { replace: true });
  }

  async #wantRivals() {
    const pane = this.panes[this.active];
    if (!pane?.item || this.panes.some((each) => !each.item)) return;
    const id = pane.id;
    const from = await this.#indexOf(pane).catch(() => -1);
    const found = await Promise.all([1, -1].map((by) => nextRival(this.source, from, by, this.ids).catch(() => null)));
    if (pane.id !== id || this.panes[this.active] !== pane) return;
    this.preloader.want(
      found.filter(Boolean).map((rival) => rival.item),
      Math.max(pane.zoom.box.width, pane.zoom.box.height) * devicePixelRatio,
    );
  }

  async #changeSource() {
    if (this.source.name === 'family') this.source = new Results();
    else {
      const { prompt } = this.panes[0].detail ? promptsOf(this.panes[0].detail) : {};
      if (!prompt) { toast('This picture has no prompt'); return; }
      this.source = new Family(prompt);
    }
    this.#drawHead();
    this.#wantRivals();
  }

  /** One is kept: rated above the others, which give their places to the next rivals. */
  async #keep(number) {
    const winner = this.panes[number];
    if (!winner?.item) return;
    const losers = this.panes.filter((pane) => pane !== winner && pane.item);
    const ratingOf = (pane) => pane.item.rating ?? 0;
    const best = Math.max(0, ...losers.map(ratingOf));
    const wanted = Math.max(ratingOf(winner), Math.min(best + 1, 5));
    const level = losers.filter((pane) => ratingOf(pane) >= wanted);
    const last = Math.max(...await Promise.all(this.panes.map((pane) => this.#indexOf(pane))));
    if (level.length) {
      await actions.rate(level.map((pane) => pane.id), wanted - 1);
      level.forEach((pane) => this.#mark(pane, { rating: wanted - 1 }));
    }
    if (wanted === ratingOf(winner)) toast(
      `${letters[number]} has ${format.plural(wanted, 'star')} already, more than the other`
    );
    else { await actions.rate([winner.id], wanted); this.#mark(winner, { rating: wanted }); }
    const pairs = [];
    let from = last;
    const taken = [...this.ids];
    for (const pane of losers) {
      const rival = await nextRival(this.source, from, 1, taken);
      if (!rival) break;
      pairs.push([this.panes.indexOf(pane), rival]);
      taken.push(rival.item.id);
      from = rival.index;
    }
    if (!pairs.length) {
      toast(`${letters[number]} is kept: there are no more rivals`);
      return;
    }
    this.#activate(pairs[0][0]);
    this.#put(pairs);
    this.live.textContent = `${letters[number]} is kept, the next rival is here`;
  }

  #mark(pane, fields) {
    pane.item = { ...pane.item, ...fields };
    this.#known.set(pane.id, pane.item);
    this.#drawTag(pane);
    this.#drawCaptions();
  }

  async #favourite() {
    const pane = this.panes[this.active];
    if (!pane?.item) return;
    const value = !pane.item.favourite;
    if (await actions.favourite([pane.id], value)) this.#mark(pane, { favourite: value });
  }

  async #trash() {
    const { active } = this;
    const pane = this.panes[active];
    const { id } = pane;
    const from = await this.#indexOf(pane);
    const rival = await nextRival(this.source, from, 1, this.ids) ?? await nextRival(this.source, from, -1, this.ids);
    if (rival) this.#put([[active, rival]]);
    await actions.trash([id]);
    if (!rival) this.#leave();
  }

  #drawCaptions() { this.captions.show(this.panes); }

  #openPicture() {
    const pane = this.panes[this.active];
    if (pane) navigate(address.picture(pane.id, this.route.q));
  }

  #leave() { back(address.picture(this.panes[0]?.id ?? '', this.route.q)); }

  close() {
    this.#turn += 1;
    this.#abort.abort();
    this.captions.close();
    this.scope.close();
    this.stopListening();
    this.preloader.close();
    while (this.panes.length) this.#removePane();
    document.title = 'Atelier';
    giveFocusBack(this.focusedBefore);
  }
}
