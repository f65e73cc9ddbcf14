// Two to four pictures beside or over each other, with one zoom. The rival changes, the part that is looked at stays.

import { actions } from './actions.mjs';
import { api, onConnection, part } from './api.mjs';
import { Captions } from './captions.mjs';
import { CompareBar } from './comparebar.mjs';
import { compareKeys } from './comparekeys.mjs';
import { h, icon, replace } from './dom.mjs';
import { events } from './events.mjs';
import { itemOf, promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { items } from './items.mjs';
import { library } from './library.mjs';
import { Overlaying } from './overlaying.mjs';
import { Frame, giveFocusBack, nameOf, Preloader, sizeOf } from './pictures.mjs';
import { Family, nextRival, Results } from './rivals.mjs';
import { address, back, navigate } from './router.mjs';
import { toast } from './toasts.mjs';
import { Zoom } from './zoom.mjs';

const most = 4;
/** So many stars has at least what is kept. */
const leastKept = 3;
const letters = 'ABCD';
const title = 'Compare · Atelier';
export function open(route, place) {
  const view = new CompareView(place);
  view.go(route);
  return { update: (next) => view.go(next), close: () => view.close() };
}

class CompareView {
  #known = new Map();
  #abort = new AbortController();
  #turn = 0;
  #isFollowing = false;

  constructor(place) {
    this.titleBefore = document.title;
    this.focusedBefore = document.activeElement;
    this.panes = [];
    this.active = 1;
    this.isLinked = true;
    this.source = new Results();
    this.preloader = new Preloader();
    this.#build(place);
    const ends = [
      events.on('change', (change) => this.#changed(change)),
      onConnection((isConnected) => {
        for (const pane of isConnected ? this.panes : []) {
          pane.frame.retry();
          if (!pane.detail) this.#fill(pane, pane.id);
        }
      }),
    ];
    this.stopListening = () => ends.forEach((end) => end());
  }

  #build(place) {
    const run = {
      leave: () => this.#leave(),
      mode: (name) => this.#setMode(name),
      source: () => this.#changeSource(),
      gain: () => this.over.strengthen(),
      link: () => this.#toggleLink(),
      step: (by) => this.#step(by),
      pane: (by) => this.#activate((this.active + by + this.panes.length) % this.panes.length, true),
      keep: (number) => this.#keep(number),
      flick: () => this.#flick(),
      open: () => this.#openPicture(),
      words: () => this.element.classList.toggle('bare'),
      favourite: () => this.#favourite(),
      trash: () => this.#trash(),
    };
    this.bar = new CompareBar(run);
    this.scope = compareKeys(run, { query: () => this.route.q, zoom: () => this.zoom, most });
    this.captions = new Captions();
    this.board = h('div', { class: 'panes' });
    this.over = new Overlaying(this.board, () => {
      this.#drawHead();
      this.#arrange();
    });
    this.live = h('p', { class: 'unseen', aria: { live: 'polite' } });
    this.element = h(
      'section',
      { class: 'compare', aria: { label: 'Compare' } },
      this.bar.element,
      this.captions.element,
      this.board,
      this.live,
    );
    place.append(this.element);
    // A pane has the focus from the beginning; rings are for those who go through the page by keys.
    this.element.addEventListener('keydown', ({ key }) => {
      if (['Tab', 'ArrowUp', 'ArrowDown'].includes(key)) this.element.classList.add('tabbing');
    });
  }

  get zoom() {
    return this.panes[this.active]?.zoom;
  }
  get ids() {
    return this.panes.map((pane) => pane.id);
  }

  /** The address says who stands where; panes that keep theirs are not touched. */
  go(route) {
    this.route = route;
    const ids = [...new Set(route.ids)].slice(0, most);
    if (ids.length === 1) {
      if (route.ids.length > 1) toast('Both are the same picture, so it is shown once.');
      navigate(address.picture(ids[0], route.q), { replace: true });
      return;
    }
    if (ids.length < 2) {
      navigate(address.grid(route.q), { replace: true });
      return;
    }
    while (this.panes.length > ids.length) this.#removePane();
    while (this.panes.length < ids.length) this.#addPane();
    this.active = Math.min(this.active, ids.length - 1);
    ids.forEach((id, number) => {
      if (this.panes[number].id !== id) this.#fill(this.panes[number], id);
    });
    this.element.dataset.count = ids.length;
    this.#drawHead();
    this.#arrange();
    if (!this.element.contains(document.activeElement)) this.panes[this.active].element.focus({ preventScroll: true });
  }

  #addPane() {
    const number = this.panes.length;
    const letter = letters[number];
    const pane = { id: null, item: null, detail: null, frame: new Frame() };
    pane.tag = h(
      'span',
      { class: 'keep' },
      h('span', { class: 'stars-text' }),
      h(
        'button',
        {
          type: 'button',
          on: { click: () => this.#keep(number) },
        },
        h('span', {}, `Keep ${letter}`),
        ' ',
        h('kbd', {}, String(number + 1)),
      ),
    );
    pane.element = h(
      'div',
      {
        class: 'pane stage',
        tabIndex: 0,
        role: 'group',
        on: { focus: () => this.#activate(number), pointerdown: () => this.#activate(number) },
      },
      pane.frame.element,
      pane.tag,
    );
    const edge = (kind, label, by) =>
      h('button', {
        class: `edge ${kind}`,
        type: 'button',
        tabIndex: -1,
        aria: { label },
        on: {
          click: () => {
            this.#activate(number);
            this.#step(by);
          },
        },
      }, icon(kind));
    pane.element.append(edge('previous', 'Previous picture to compare', -1), edge('next', 'Next picture to compare', 1));
    pane.caption = h('div', { class: 'caption', on: { click: () => this.#activate(number) } });
    this.board.insertBefore(pane.element, this.over.divider);
    this.captions.element.append(pane.caption);
    pane.zoom = new Zoom(pane.element, {
      changed: (zoom, byHand) => this.#zoomed(pane, zoom, byHand),
      swiped: (move) => this.#swiped(number, move),
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

  #fill(pane, id) {
    pane.filling = this.#load(pane, id);
  }

  async #load(pane, id) {
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
        if (item) {
          this.#known.set(id, item);
          this.#show(pane, item, isEmpty);
        }
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
    for (const each of this.panes) if (each.item) this.#drawKeep(each);
  }

  /** What keeping does is on the button, since it depends on the others. */
  #drawKeep(pane) {
    const number = this.panes.indexOf(pane);
    const stars = this.#ratingWhenKept(pane);
    const button = pane.tag.lastChild;
    button.firstChild.textContent = `Keep ${letters[number]} · ${stars}★`;
    button.title = `Keep ${letters[number]}: rate it ${format.plural(stars, 'star')} and show the next picture (${number + 1})`;
    button.setAttribute('aria-label', `Keep ${letters[number]}, rate it ${format.plural(stars, 'star')}`);
  }

  /** Who is kept has one star more than the others, and never so few that it reads as a bad picture. */
  #ratingWhenKept(pane) {
    const ratingOf = (each) => each.item?.rating ?? 0;
    const best = Math.max(0, ...this.panes.filter((each) => each !== pane).map(ratingOf));
    return Math.max(ratingOf(pane), Math.min(Math.max(leastKept, best + 1), 5));
  }

  #zoomed(pane, zoom, byHand) {
    if (pane.item) pane.frame.lay(zoom.place);
    pane.element.classList.toggle('zoomed', zoom.overflows);
    if (byHand && !this.#isFollowing && this.#isLinked) this.#follow(pane);
    if (this.panes[this.active] === pane || byHand) this.#drawZoom();
  }

  #swiped(number, { dx, dy, isDone }) {
    if (!isDone || Math.abs(dx) < 60 || Math.abs(dx) < Math.abs(dy)) return;
    this.#activate(number);
    this.#step(dx < 0 ? 1 : -1);
  }

  get #isLinked() {
    return this.isLinked || this.over.isOver;
  }

  #drawZoom() {
    if (this.zoom) this.bar.showZoom(this.zoom, { isLinked: this.#isLinked, canUnlink: !this.over.isOver });
  }

  #drawHead() {
    const results = this.route.q ? `of “${this.route.q.slice(0, 40)}”` : '';
    const source = this.source.name === 'family' ? 'of one prompt' : results;
    this.bar.show({ count: this.panes.length, source, mode: this.over.mode, gain: this.over.gain });
    document.title = title;
    this.#drawZoom();
  }

  #arrange() {
    this.element.dataset.mode = this.over.mode;
    this.over.arrange(this.panes, this.active);
  }

  #setMode(name) {
    this.over.mode = name;
    if (this.over.isOver) this.#follow(this.panes[0]);
    this.#drawHead();
    this.#arrange();
  }

  /** All look where one looks. */
  #follow(leader) {
    this.#isFollowing = true;
    for (const pane of this.panes) if (pane !== leader) pane.zoom.follow(leader.zoom.view);
    this.#isFollowing = false;
  }

  #toggleLink() {
    this.isLinked = !this.isLinked;
    if (this.isLinked && this.panes[this.active]) this.#follow(this.panes[this.active]);
    this.#drawZoom();
  }

  #flick() {
    if (this.over.mode !== 'flicker') this.#setMode('flicker');
    this.over.isFlicked = !this.over.isFlicked;
    this.#arrange();
    this.live.textContent = `Showing ${letters[this.over.isFlicked ? 0 : this.over.front]}`;
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
    if (!rival) {
      this.live.textContent = by > 0 ? 'That was the last picture' : 'That was the first picture';
      return;
    }
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
      if (!prompt) {
        toast('This picture has no prompt');
        return;
      }
      this.source = new Family(prompt);
    }
    this.#drawHead();
    this.#wantRivals();
  }

  /** One is kept: rated above the others, which give their places to the next rivals. */
  async #keep(number) {
    const winner = this.panes[number];
    // The stars of every rival count, also of one that has just come.
    await Promise.all(this.panes.map((pane) => pane.filling));
    if (!winner?.item) return;
    if (library.status?.read_only) {
      // Says so.
      await actions.rate([winner.id], 1);
      return;
    }
    const losers = this.panes.filter((pane) => pane !== winner && pane.item);
    const ratingOf = (pane) => pane.item.rating ?? 0;
    const wanted = this.#ratingWhenKept(winner);
    const level = losers.filter((pane) => ratingOf(pane) >= wanted);
    const last = Math.max(...await Promise.all(this.panes.map((pane) => this.#indexOf(pane))));
    if (level.length) {
      await actions.rate(level.map((pane) => pane.id), wanted - 1);
      level.forEach((pane) => this.#mark(pane, { rating: wanted - 1 }));
    }
    if (wanted === ratingOf(winner)) {
      toast(
        `${letters[number]} has ${format.plural(wanted, 'star')} already, more than the other`,
      );
    } else {
      await actions.rate([winner.id], wanted, `. Kept ${letters[number]}.`);
      this.#mark(winner, { rating: wanted });
    }
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
      toast(`Kept ${letters[number]}. There is no other picture to compare.`);
      return;
    }
    this.#activate(pairs[0][0]);
    this.#put(pairs);
    this.live.textContent = `Kept ${letters[number]}; next picture`;
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
    if (library.status?.read_only) {
      await actions.trash([this.panes[active].id]);
      return;
    }
    const pane = this.panes[active];
    const { id } = pane;
    const from = await this.#indexOf(pane);
    const rival = await nextRival(this.source, from, 1, this.ids) ?? await nextRival(this.source, from, -1, this.ids);
    if (rival) this.#put([[active, rival]]);
    await actions.trash([id]);
    if (!rival) this.#leave();
  }

  #drawCaptions() {
    this.captions.show(this.panes);
  }

  #openPicture() {
    const pane = this.panes[this.active];
    if (pane) navigate(address.picture(pane.id, this.route.q));
  }

  #leave() {
    back(address.picture(this.panes[0]?.id ?? '', this.route.q));
  }

  close() {
    this.#turn += 1;
    this.#abort.abort();
    this.captions.close();
    this.scope.close();
    this.stopListening();
    this.preloader.close();
    while (this.panes.length) this.#removePane();
    if (document.title === title) document.title = this.titleBefore;
    giveFocusBack(this.focusedBefore);
  }
}
