// What runs cost: by month, day, model or set; what was estimated, what fal billed, and what a picture cost.

import { api, onConnection } from './api.mjs';
import { cards, h, replace } from './dom.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';
import { address } from './router.mjs';
import { quoted } from './spans.mjs';

const kinds = [['month', 'Month'], ['day', 'Day'], ['model', 'Model'], ['set', 'Set']];
const mostBars = 36;

/** What a row is called. */
function nameOf(row, by) {
  if (!row.name) return by === 'set' ? 'Without a set' : 'Unknown';
  if (by === 'month') {
    const [year, month] = row.name.split('-').map(Number);
    return new Date(year, month - 1, 1).toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
  }
  return by === 'day' ? format.day(row.name) : row.name;
}

const hrefOf = (
  row,
  by,
) => (!row.name ? null : address.grid(
  by === 'set'
    ? `set:${quoted(row.name)}`
    : by === 'model'
    ? `model:${quoted(row.name)}`
    : `date:${row.name} kind:generated`,
));

/** A step of an axis that people count in: 1, 2 or 5 times a power of ten, at most five of them. */
function niceStep(most) {
  const power = 10 ** Math.floor(Math.log10(most / 5 || 1));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 5) ?? 10 * power;
}

const best = (row) => row.actual_price_usd ?? row.estimated_price_usd ?? 0;

export function open(route, main) {
  let by = kinds.some(([kind]) => kind === route.params.get('by')) ? route.params.get('by') : 'month';
  let turn = 0;
  let timer = 0;
  const tabs = h('nav', { class: 'tabs', aria: { label: 'By' } });
  const totals = h('dl', { class: 'totals' });
  const chart = h('figure', { class: 'chart' });
  const place = h('div', {});
  main.append(
    h('div', { class: 'page' }, h('header', { class: 'page-head' }, h('h1', {}, 'Costs'), tabs), totals, chart, place),
  );

  async function load() {
    const present = turn += 1;
    try {
      const answer = await api.get('costs', { by });
      if (present === turn) draw(answer);
    } catch (error) {
      if (present === turn) replace(place, h('p', { class: 'problem' }, error.message));
    }
  }

  function draw({ rows, total }) {
    replace(
      tabs,
      kinds.map(([kind, label]) =>
        h('a', {
          href: kind === 'month' ? '/costs' : `/costs?by=${kind}`,
          aria: { current: kind === by ? 'page' : null },
        }, label)
      ),
    );
    if (!rows.length || !total?.runs) {
      replace(totals);
      replace(chart);
      replace(
        place,
        h(
          'div',
          { class: 'nothing' },
          h('p', {}, 'Nothing spent yet.'),
          h(
            'p',
            { class: 'secondary' },
            'Runs on fal appear here with their estimated cost and what fal billed.',
          ),
        ),
      );
      return;
    }
    const fact = (label, value, detail) =>
      h('div', {}, h('dt', {}, label), h('dd', {}, value), detail && h('dd', { class: 'secondary' }, detail));
    replace(
      totals,
      fact(
        'Billed',
        format.money(total.actual_price_usd) || 'Unknown',
        total.actual_price_usd === null ? 'no bill seen' : `of ${format.plural(total.billed_runs, 'run')}`,
      ),
      fact(
        'Estimated',
        format.money(total.estimated_price_usd) || 'Unknown',
        [
          total.priced_at && `at prices of ${format.date(total.priced_at)}`,
          total.unestimated_runs > 0 && `${format.count(total.unestimated_runs)} without an estimate`,
        ].filter(Boolean).join(', '),
      ),
      fact(
        'Per picture kept',
        format.money(total.price_per_picture_usd) || 'Unknown',
        `${format.plural(total.pictures, 'picture')} not in the trash`,
      ),
      total.unknown_runs > 0 &&
        fact(
          'Unknown',
          format.plural(total.unknown_runs, 'run'),
          h('a', { href: '/runs?state=unknown' }, 'Needs a decision'),
        ),
    );
    // In time from left to right; else the dearest first.
    const isTime = by === 'month' || by === 'day';
    const sorted = [...rows].sort((
      one,
      other,
    ) => (isTime ? (other.name ?? '').localeCompare(one.name ?? '') : best(other) - best(one)));
    drawChart(isTime ? sorted.slice(0, mostBars).toReversed() : sorted.slice(0, 12), isTime, rows.length);
    const head = (text, extra = 'number') => h('th', { scope: 'col', class: extra }, text);
    replace(
      place,
      h(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', aria: { label: 'Costs' } },
        cards(h(
          'table',
          { class: 'ledger' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              head(kinds.find(([kind]) => kind === by)[1], ''),
              head('Runs'),
              head('Pictures'),
              head('Megapixels'),
              head('Estimated'),
              head('Billed'),
              head('Difference'),
              head('Per picture'),
            ),
          ),
          h('tbody', {}, sorted.map((row) => line(row, false))),
          h('tfoot', {}, line(total, true)),
        )),
      ),
    );
  }

  function line(row, isTotal) {
    const href = isTotal ? null : hrefOf(row, by);
    const drift = row.drift_usd;
    const isOff = drift !== null && Math.abs(drift) >= 0.005;
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row', dir: 'auto' },
        isTotal ? 'Total' : href ? h('a', { href }, nameOf(row, by)) : nameOf(row, by),
      ),
      h('td', { class: 'number' }, format.count(row.runs)),
      h('td', { class: 'number' }, format.count(row.pictures)),
      h('td', { class: 'number' }, Math.round(row.megapixels).toLocaleString()),
      h(
        'td',
        { class: 'number' },
        format.money(row.estimated_price_usd) || '–',
        row.unestimated_runs > 0 && h('small', {}, `${format.count(row.unestimated_runs)} without`),
      ),
      h(
        'td',
        { class: 'number' },
        format.money(row.actual_price_usd) || '–',
        row.billed_runs < row.runs &&
          h('small', {}, `${format.count(row.billed_runs)} of ${format.count(row.runs)} runs`),
      ),
      h(
        'td',
        { class: `number ${isOff && drift > 0 ? 'bad' : ''}` },
        drift === null ? '–' : isOff ? `${drift > 0 ? '+' : '−'}${format.money(Math.abs(drift))}` : '=',
      ),
      h('td', { class: 'number' }, format.money(row.price_per_picture_usd) || '–'),
    );
  }

  /**
   * Bars from zero on one scale; a line across a bar is the estimate, the bar what was billed, or hatched where only
   * an estimate is known.
   */
  function drawChart(rows, isTime, count) {
    const most = Math.max(...rows.map((row) => Math.max(best(row), row.estimated_price_usd ?? 0)));
    if (!(most > 0)) {
      replace(chart);
      return;
    }
    const step = niceStep(most);
    const top = Math.ceil(most / step - 1e-9) * step;
    const steps = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
    const share = (value) => `${(100 * value) / top}%`;
    const digits = step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step)));
    const what = (row) =>
      `${nameOf(row, by)}: ${
        row.actual_price_usd === null
          ? `about ${format.money(row.estimated_price_usd)}, estimated`
          : `${format.money(row.actual_price_usd)} billed, ${format.money(row.estimated_price_usd)} estimated`
      }`;
    const bars = rows.map((row) => {
      const bar = h('div', { class: row.actual_price_usd === null ? 'bar-fill estimate' : 'bar-fill' });
      bar.style[isTime ? 'height' : 'width'] = share(best(row));
      const mark = row.estimated_price_usd !== null && row.actual_price_usd !== null && h('i', { class: 'bar-mark' });
      if (mark) mark.style[isTime ? 'bottom' : 'insetInlineStart'] = share(row.estimated_price_usd);
      return h(
        'li',
        { title: what(row) },
        h('span', { class: 'bar-track' }, bar, mark),
        h('span', { class: 'bar-label', dir: 'auto' }, isTime ? short(row) : nameOf(row, by)),
        h('span', { class: 'unseen' }, what(row)),
      );
    });
    const axis = h(
      'div',
      { class: 'axis', aria: { hidden: 'true' } },
      steps.map((value) => {
        const tick = h('span', {}, `$${value.toFixed(digits)}`);
        tick.style[isTime ? 'bottom' : 'insetInlineStart'] = share(value);
        return tick;
      }),
    );
    replace(
      chart,
      h(
        'div',
        { class: `bars ${isTime ? 'upright' : 'lying'}${rows.length > 6 ? ' many' : ''}` },
        axis,
        h('ol', {}, bars),
      ),
      h(
        'figcaption',
        { class: 'secondary' },
        'US dollars. Bars show what fal has billed, or the estimate (hatched) where nothing is billed yet; lines show the estimate of all runs.',
        rows.length < count && ` The ${rows.length} ${isTime ? 'newest' : 'dearest'} of ${format.count(count)}.`,
      ),
    );
  }

  function short(row) {
    const [year, month, day] = (row.name ?? '').split('-').map(Number);
    if (!year) return '?';
    return new Date(year, (month || 1) - 1, day || 1).toLocaleDateString(
      undefined,
      day ? { day: 'numeric', month: 'numeric' } : { month: 'short', year: 'numeric' },
    );
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(load, 500);
  };
  const ends = [
    events.on('change', soon),
    events.on('reset', soon),
    onConnection((isConnected) => isConnected && soon()),
  ];
  load();
  return {
    update(next) {
      by = next.params.get('by') ?? 'month';
      load();
    },
    close() {
      clearTimeout(timer);
      turn += 1;
      for (const end of ends) end();
    },
  };
}
