// The bar above a picture: back, its name and place, marks, zoom. What has no room on a phone is in `tools`, for the
// sheet.

import { h, icon } from './dom.mjs';
import { format } from './format.mjs';

/** `run` has what the buttons do: `leave rate favourite select trash compare zoom information again`. */
export class PictureBar {
  #rating = 0;

  constructor(run) {
    this.run = run;
    const quiet = (kind, name, label, key, click) =>
      h('button', {
        class: `button quiet ${kind}`,
        type: 'button',
        title: `${label} (${key})`,
        aria: { label, keyshortcuts: key },
        on: { click },
      }, icon(name));
    const plain = (kind, click, ...content) => h('button', { class: kind, type: 'button', on: { click } }, ...content);
    this.name = h('h1', { dir: 'auto' });
    this.position = h('span', { class: 'secondary position' });
    this.notice = h('span', { class: 'notice', hidden: true });
    this.stars = [this.#starRow(), this.#starRow()];
    this.heart = quiet('heart', 'heart', 'Favourite', 'F', run.favourite);
    this.select = quiet('select', 'tick', 'Select', 'X', run.select);
    this.percent = h('span', {});
    this.zoom = plain('button quiet zoom', run.zoom, this.percent, h('kbd', {}, 'Z'));
    this.zoom.title = 'Fit or 1:1 (Z)';
    this.information = quiet('toggle', 'information', 'Information', 'I', run.information);
    this.again = [plain('button main', run.again), plain('button main', run.again)];
    this.showAgain(true);
    const leave = plain('button quiet leave', run.leave, icon('back'), h('span', {}, 'Back'), h('kbd', {}, 'Esc'));
    leave.setAttribute('aria-label', 'Back');
    this.element = h(
      'header',
      { class: 'top' },
      leave,
      this.name,
      this.position,
      this.notice,
      h(
        'span',
        { class: 'grow' },
      ),
      this.stars[0],
      this.heart,
      this.select,
      quiet('trash', 'trash', 'Move to the trash', 'Delete', run.trash),
      plain('button quiet to-compare', run.compare, 'Compare ', h('kbd', {}, 'C')),
      this.zoom,
      this.information,
      this.again[0],
    );
    this.tools = h(
      'section',
      { class: 'sheet-tools' },
      this.stars[1],
      plain('button', run.select, icon('tick'), 'Select'),
      plain('button', run.compare, icon('compare'), 'Compare'),
      this.again[1],
    );
  }

  #starRow() {
    return h(
      'span',
      { class: 'stars', role: 'group', aria: { label: 'Rating' } },
      [1, 2, 3, 4, 5].map((count) => {
        const label = format.plural(count, 'star');
        const click = () => this.run.rate(this.#rating === count ? 0 : count);
        return h(
          'button',
          { type: 'button', title: `${label} (${count})`, aria: { label }, on: { click } },
          icon('star'),
        );
      }),
    );
  }

  /** `notices` are short words such as Sandbox. */
  showName(name, notices) {
    this.name.textContent = name;
    this.notice.hidden = !notices.length;
    this.notice.textContent = notices.join(' · ');
  }

  showMarks({ rating, isFavourite, isSelected }) {
    this.#rating = rating;
    for (const row of this.stars) {
      [...row.children].forEach((star, index) => {
        star.classList.toggle('on', index < rating);
        star.setAttribute('aria-pressed', String(index + 1 === rating));
      });
    }
    for (const [button, isOn] of [[this.heart, isFavourite], [this.select, isSelected]]) {
      button.classList.toggle('on', isOn);
      button.setAttribute('aria-pressed', String(isOn));
    }
  }

  /** `pixels` is device pixels for one of the picture. */
  showZoom(pixels, isFit) {
    const percent = pixels * 100;
    this.percent.textContent = `${isFit ? 'Fit · ' : ''}${percent < 1 ? percent.toFixed(2) : Math.round(percent)}%`;
  }

  /** A picture without a run of ours can still be a reference. */
  showAgain(isRun) {
    for (const button of this.again) {
      button.textContent = isRun ? 'Make again…' : 'Use as reference…';
      button.title = `${isRun ? 'Fill in everything as it was' : 'Begin a request with this picture'} (M)`;
    }
  }
}
