// One picture over the grid: the picture, what is known of it, its neighbours.

import { actions } from './actions.mjs';
import { h, icon, replace } from './dom.mjs';
import { api, onConnection, part } from './api.mjs';
import { loadDetails } from './details.mjs';
import { events } from './events.mjs';
import { itemOf } from './facts.mjs';
import { format } from './format.mjs';
import { Information } from './information.mjs';
import { items } from './items.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { openLineage } from './lineage.mjs';
import { PictureBar } from './picturebar.mjs';
import { pictureKeys } from './picturekeys.mjs';
import { Frame, giveFocusBack, nameOf, Preloader, sizeOf } from './pictures.mjs';
import { address, back, navigate } from './router.mjs';
import { selection } from './selection.mjs';
import { Standing } from './standing.mjs';
import { Strip } from './strip.mjs';
import { toast } from './toasts.mjs';
import { Zoom } from './zoom.mjs';

/** A small picture is enlarged so much at most when it fits. */
const mostEnlarged = 2;
/** What is shown beside the picture while someone flips through many: asked for when they stop for this long. */
const pause = 70;
const narrow = matchMedia('(max-width: 899px)');

export function open(route, place) {
  const view = new PictureView(place);
  view.go(route);
  return { update: (next) => view.go(next), close: () => view.close() };
}

class PictureView {
  #ends = [];
  #abort = null;
  #timer = 0;
  #turn = 0;
  #direction = 1;
  #lineage = null;
  #sheet = false;

  constructor(place) {
    this.focusedBefore = document.activeElement;
    this.titleBefore = document.title;
    this.route = null;
    this.item = null;
    this.detail = null;
    this.standing = new Standing(() => this.#place());
    this.frame = new Frame();
    this.preloader = new Preloader();
    this.strip = new Strip({
      items,
      open: (index, item) => this.#to(index, item),
      link: (item) => address.picture(item.id, this.route.q),
    });
    this.#build(place);
    this.zoom = new Zoom(this.stage, {
      most: mostEnlarged,
      changed: () => this.#draw(),
      swiped: (move) => this.#swiped(move),
      tapped: () => narrow.matches && this.element.classList.toggle('bare'),
    });
    this.#ends.push(
      selection.onChange(() => this.#drawMarks()),
      events.on('change', (change) => this.#changed(change)),
      events.on('reset', () => this.#load(0)),
      onConnection((isConnected) => {
        if (!isConnected) return;
        this.frame.retry();
        if (!this.detail) this.#load(0);
      }),
    );
    this.#showInformation(localStorage.getItem('information') !== 'hidden', { remember: false });
    this.stage.focus({ preventScroll: true });
  }

  #build(place) {
    const run = {
      leave: () => this.#leave(),
      enter: () => (document.activeElement === this.stage ? this.#leave() : false),
      rate: (stars) => this.#rate(stars),
      favourite: () => this.#favourite(),
      select: () => this.#select(),
      trash: () => this.#trash(),
      compare: () => this.#compare(),
      zoom: () => this.zoom.toggle(),
      information: () => this.#toggleInformation(),
      lineage: () => this.#showLineage(),
      again: () => this.#again(),
      step: (by, options) => this.#step(by, options),
      first: () => this.#goTo(0),
      last: () => this.#goTo(items.count - 1),
      tag: () => void actions.tag([this.id]),
      set: () => void actions.addToSet([this.id]),
      note: () => void actions.note(this.id),
      title: () => void actions.title(this.id),
    };
    this.bar = new PictureBar(run);
    this.scope = pictureKeys(run, { query: () => this.route.q, zoom: () => this.zoom });
    this.information = new Information({ openLineage: () => this.#showLineage(), tools: this.bar.tools });
    const edge = (name, label, by) =>
      h('button', {
        class: `edge ${name}`,
        type: 'button',
        tabIndex: -1,
        aria: { label },
        on: { click: () => this.#step(by) },
      }, icon(name));
    this.previous = edge('previous', 'Previous picture', -1);
    this.next = edge('next', 'Next picture', 1);
    this.stage = h(
      'div',
      { class: 'stage', tabIndex: 0, role: 'group', aria: { label: 'Picture' } },
      this.frame.element,
      this.previous,
      this.next,
    );
    this.live = h('p', { class: 'unseen', aria: { live: 'polite' } });
    this.element = h(
      'section',
      { class: 'picture', aria: { label: 'Picture' } },
      this.bar.element,
      this.stage,
      this.strip.element,
      this.information.element,
      this.live,
    );
    place.append(this.element);
    // The stage has the focus from the beginning; its ring is for those who go through the page by Tab.
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Tab') this.element.classList.add('tabbing');
    });
  }

  get id() {
    return this.item?.id ?? this.route.id;
  }
  get #rating() {
    return this.item?.rating ?? 0;
  }

  /** Another picture, or another address of this one. */
  async go(route) {
    const before = this.route;
    this.route = route;
    const turn = ++this.#turn;
    const wantsLineage = route.params.has('lineage');
    if (before?.id === route.id && before.q === route.q) {
      this.#syncLineage(wantsLineage);
      return;
    }
    this.#lineage?.close();
    this.#lineage = null;
    this.detail = null;
    const pending = this.pending;
    this.pending = null;
    if (pending?.item.id === route.id) {
      this.#show(pending.item, { keep: pending.keep });
      this.standing.put(route.id, pending.index);
    } else {
      // Where the grid had it: a rating may take it out of the list before its place is asked for.
      await this.standing.seek(route.id, history.state?.index ?? -1);
      if (turn !== this.#turn) return;
      const { index } = this.standing;
      const item = index >= 0 ? await items.at(index) : null;
      if (turn !== this.#turn) return;
      if (item?.id === route.id) this.#show(item);
    }
    this.#place();
    this.#load(this.item?.id === route.id ? pause : 0);
    if (wantsLineage) this.#syncLineage(true);
  }

  #show(item, { keep = false } = {}) {
    const before = this.item && sizeOf(this.item);
    const size = sizeOf(item);
    const isAlike = before && Math.abs(before.width / before.height - size.width / size.height) < 0.01;
    this.item = item;
    this.element.classList.remove('none');
    this.stage.style.setProperty('--shift', '0px');
    this.frame.show(item);
    this.zoom.show(size, { keep: keep && isAlike });
    this.#drawName();
    this.#drawMarks();
    this.information.clear();
  }

  #draw() {
    this.frame.lay(this.zoom.place);
    this.bar.showZoom(this.zoom.pixels, this.zoom.isFit);
    this.stage.classList.toggle('zoomed', this.zoom.overflows);
  }

  #drawName() {
    const name = nameOf(this.item);
    this.stage.setAttribute('aria-label', `Picture: ${name.slice(0, 300)}`);
    document.title = `${name.slice(0, 60)} · Atelier`;
    const isSandbox = this.detail ? this.detail.run?.on === 'sandbox' : Boolean(this.item.is_sandbox);
    const isTrashed = this.detail?.asset.trashed ?? this.item.trashed;
    const problem = { missing_blob: 'File missing', damaged: 'Damaged' }[this.item.problem];
    const notices = [problem, isSandbox && 'Sandbox', isTrashed && 'In the trash'].filter(Boolean);
    this.bar.showName(name.slice(0, 300), notices);
  }

  #drawMarks() {
    if (!this.item) return;
    this.bar.showMarks({
      rating: this.#rating,
      isFavourite: Boolean(this.item.favourite),
      isSelected: selection.has(this.item.id),
    });
  }

  /** Where it stands in the list, its neighbours, and those that are loaded ahead. */
  async #place() {
    const turn = this.#turn;
    const { index } = this.standing;
    const count = items.count ?? 0;
    const isKnown = index >= 0 && count > 0;
    this.bar.position.textContent = isKnown ? `${format.count(index + 1)} of ${format.count(count)}` : '';
    this.previous.hidden = this.standing.beside(-1) === null;
    this.next.hidden = this.standing.beside(1) === null;
    this.live.textContent = isKnown && this.item ? `${nameOf(this.item).slice(0, 120)}, ${index + 1} of ${count}` : '';
    this.strip.show(isKnown ? index : -1);
    if (!isKnown) {
      this.preloader.want([], 0);
      return;
    }
    const around = [1, -1, 2].map((by) => index + by * this.#direction).filter((at) => at >= 0 && at < count);
    const neighbours = (await Promise.all(around.map((at) => items.at(at)))).filter(Boolean);
    if (turn === this.#turn) {
      this.preloader.want(
        neighbours,
        Math.max(this.zoom.box.width, this.zoom.box.height) * devicePixelRatio,
      );
    }
  }

  /** Goes to a neighbour. Keys that are pressed before it is here are meant for it. */
  async #step(by, { keep = false } = {}) {
    this.#direction = by > 0 ? 1 : -1;
    if (this.#hasStepped(by, keep)) return;
    const turn = this.#turn;
    keys.hold();
    try {
      // The list may change while it is asked for.
      for (let tries = 0; tries < 5; tries += 1) {
        await this.standing.ready;
        await items.at(this.standing.beside(by) ?? -1);
        if (turn !== this.#turn || this.#hasStepped(by, keep)) return;
      }
    } catch (error) {
      if (error.name !== 'AbortError') toast.error(error);
    } finally {
      keys.release();
    }
  }

  /** Goes to a neighbour that is here; false when it must be asked for. */
  #hasStepped(by, keep) {
    if (!this.standing.isSettled) return false;
    const index = this.standing.beside(by);
    const item = index === null ? null : items.peek(index);
    if (item) this.#to(index, item, { keep });
    return item !== null || index === null;
  }

  async #goTo(index) {
    const turn = this.#turn;
    const item = await items.at(index);
    if (item && turn === this.#turn) this.#to(index, item);
  }

  /** Another picture of the list takes the place of this one: back stays one step. */
  #to(index, item, { keep = false } = {}) {
    if (item.id === this.route.id) return;
    if (this.standing.index >= 0) this.#direction = index > this.standing.index ? 1 : -1;
    this.pending = { index, item, keep };
    navigate(address.picture(item.id, this.route.q), { replace: true, state: { index } });
  }

  #load(wait) {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const { signal } = this.#abort = new AbortController();
    this.#timer = setTimeout(async () => {
      try {
        await loadDetails(this.route.id, {
          signal,
          tell: (detail) => {
            if (!signal.aborted) this.#take(detail);
          },
        });
      } catch (error) {
        if (error.name === 'AbortError' || signal.aborted) return;
        if (!this.item) this.#none(error);
        else if (!this.detail) this.information.fail(error.message);
      }
    }, wait);
  }

  #take(detail) {
    // What was known already stays until it comes again.
    const before = this.detail?.asset.digest === detail.asset.digest ? this.detail : {};
    this.detail = { ...before, ...detail };
    const { asset } = detail;
    const isKnown = this.item?.id === this.route.id || this.item?.digest === asset.digest;
    const item = itemOf(detail, this.route.id, isKnown ? this.item : null);
    if (this.item?.digest !== asset.digest) {
      this.#show(item);
      this.standing.seek(item.id, history.state?.index ?? -1);
    } else {
      this.item = item;
      this.frame.show(item);
      this.#drawName();
      this.#drawMarks();
    }
    this.bar.showAgain(Boolean(detail.run));
    this.information.show(this.detail, this.route.q);
  }

  #none(error) {
    const title = error.status === 404 ? 'There is no such picture' : 'The picture cannot be shown';
    this.bar.showName(title, []);
    document.title = `${title} · Atelier`;
    const all = h('a', { class: 'button', href: address.grid(this.route.q) }, 'All pictures');
    replace(this.frame.message, h('b', {}, title), h('p', {}, error.message), h('p', {}, all));
    this.frame.message.hidden = false;
    // There is nothing to rate, to compare or to be told about.
    this.element.classList.add('none');
    this.information.fail(error.message);
    this.strip.element.hidden = true;
  }

  #changed(change) {
    const ids = change.assets;
    if (!ids || !ids.length || ids.includes(this.item?.digest) || ids.includes(this.item?.id)) this.#load(100);
  }

  /** Shows a mark at once; the change event brings the truth. */
  #mark(field, value) {
    if (library.status?.read_only) return;
    this.item = { ...this.item, [field]: value };
    this.#drawMarks();
  }

  async #rate(stars) {
    this.#mark('rating', stars);
    await this.#try(actions.rate([this.id], stars));
  }
  async #favourite() {
    this.#mark('favourite', !this.item?.favourite);
    await this.#try(actions.favourite([this.id], Boolean(this.item?.favourite)));
  }
  #select() {
    selection.toggle(this.id);
    this.#drawMarks();
  }

  async #try(work) {
    try {
      await work;
    } catch (error) {
      toast.error(error);
      this.#load(0);
    }
  }

  async #trash() {
    const { id } = this;
    if (library.status?.read_only) {
      // Says so, and stays.
      await actions.trash([id]);
      return;
    }
    let isTrashed = this.detail?.asset.trashed;
    keys.hold();
    try {
      // What is known of it comes a moment after it is shown.
      isTrashed ??= (await api.get(`pictures/${part(id)}`)).asset.trashed;
      if (this.id !== id) return;
      await this.#step(1);
      if (this.id === id) await this.#step(-1);
      if (this.id === id) this.#leave();
    } catch (error) {
      toast.error(error);
      return;
    } finally {
      keys.release();
    }
    await this.#try(isTrashed ? actions.restore([id]) : actions.trash([id]));
  }

  async #compare() {
    const marked = [...selection.ids].filter((id) => id !== this.id).slice(0, 3);
    let rivals = marked;
    if (!rivals.length) {
      await this.standing.ready;
      const at = this.standing.beside(1) ?? this.standing.beside(-1);
      const item = at !== null ? await items.at(at) : this.detail?.siblings?.find(
        (each) => each.digest !== this.item?.digest,
      );
      rivals = item ? [item.id] : [];
    }
    if (!rivals.length) {
      toast('Nothing to compare it with');
      return;
    }
    navigate(address.compare([this.id, ...rivals], this.route.q));
  }

  #again() {
    if (this.detail?.run) navigate(`/compose?from=${encodeURIComponent(this.detail.run.id)}`);
    else if (this.item) navigate(`/compose?ref=${this.item.digest}`);
  }

  #toggleInformation() {
    if (narrow.matches) {
      this.#sheet = !this.#sheet;
      this.element.classList.toggle('sheet', this.#sheet);
      this.bar.information.setAttribute('aria-expanded', String(this.#sheet));
      if (this.#sheet) this.information.element.focus();
      else this.stage.focus();
      return;
    }
    this.#showInformation(this.element.classList.contains('alone'), { remember: true });
  }

  #showInformation(isShown, { remember }) {
    if (!isShown && this.information.element.contains(document.activeElement)) this.stage.focus();
    this.element.classList.toggle('alone', !isShown);
    this.bar.information.setAttribute('aria-expanded', String(narrow.matches ? this.#sheet : isShown));
    this.bar.information.classList.toggle('on', isShown);
    if (remember) localStorage.setItem('information', isShown ? 'shown' : 'hidden');
  }

  #showLineage() {
    if (this.route.params.has('lineage')) return;
    const url = address.picture(this.id, this.route.q);
    navigate(`${url}${url.includes('?') ? '&' : '?'}lineage=1`);
  }

  #syncLineage(isWanted) {
    if (isWanted && !this.#lineage) {
      const leave = () => back(address.picture(this.route.id, this.route.q));
      this.#lineage = openLineage({ id: this.route.id, place: this.element, leave });
    } else if (!isWanted && this.#lineage) {
      this.#lineage.close();
      this.#lineage = null;
    }
  }

  /**
   * A swipe moves the picture under the finger; far enough it brings the neighbour, down it goes back, up it shows the
   * information.
   */
  #swiped({ dx, dy, isDone }) {
    const isAcross = Math.abs(dx) > Math.abs(dy);
    const shift = isAcross && ((dx < 0 && !this.next.hidden) || (dx > 0 && !this.previous.hidden)) ? dx : dx / 4;
    this.stage.style.setProperty('--shift', isDone ? '0px' : `${Math.round(shift)}px`);
    if (!isDone) return;
    if (isAcross && Math.abs(dx) > 60) this.#step(dx < 0 ? 1 : -1);
    else if (!isAcross && dy > 90) {
      if (this.#sheet) this.#toggleInformation();
      else this.#leave();
    } else if (!isAcross && dy < -60 && narrow.matches && !this.#sheet) this.#toggleInformation();
  }

  #leave() {
    if (this.#sheet) {
      this.#toggleInformation();
      return;
    }
    back(address.grid(this.route.q));
  }

  close() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#lineage?.close();
    for (const end of this.#ends) end();
    this.standing.close();
    this.scope.close();
    this.zoom.close();
    this.frame.close();
    this.preloader.close();
    document.title = this.titleBefore;
    giveFocusBack(this.focusedBefore);
  }
}
