// What of mine is on fal: what each copy is, who can read it, until when, and how that is known.

import { api, onConnection } from './api.mjs';
import { thumbnail } from './choosing.mjs';
import { cards, h, replace } from './dom.mjs';
import { events } from './events.mjs';
import { format } from './format.mjs';

const readers = { public: 'Anyone with the link', private: 'Only your account' };

/** Why its end is believed. */
function because(upload) {
  if (upload.lost_at) return 'fal no longer had it when checked';
  switch (upload.expiry) {
    case 'sent':
      return upload.expires_at
        ? `uploaded with a lifetime of ${words(upload.lifetime)}`
        : 'uploaded to be kept';
    case 'account_default':
      return 'no lifetime given: your account’s setting applies, and without one fal keeps it';
    default:
      return 'reported by another program';
  }
}

function words(lifetime) {
  const found = /^(\d+)\s*([smhdwy])$/.exec(lifetime ?? '');
  if (!found) return lifetime ?? 'that';
  const unit = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', y: 'year' }[found[2]];
  return format.plural(Number(found[1]), unit);
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A time as far from now: in 3 days. */
function fromNow(text) {
  const seconds = (new Date(text) - Date.now()) / 1000;
  for (
    const [unit, length] of [['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3600], [
      'minute',
      60,
    ]]
  ) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return seconds > 0 ? 'in less than a minute' : 'just now';
}

/** Those that end first come first; those without an end last, the newest of them first. */
function byEnd(one, other) {
  if (one.expires_at && other.expires_at) return one.expires_at.localeCompare(other.expires_at);
  if (one.expires_at || other.expires_at) return one.expires_at ? -1 : 1;
  return other.uploaded_at.localeCompare(one.uploaded_at);
}

const copies = (
  copy,
) => (copy ? copy.replace(/^flat-([0-9a-f]{6})$/, 'flattened on #$1').replaceAll('-', ' ') : 'the original');

export function open(route, main) {
  let isAll = route.params.get('state') === 'all';
  let turn = 0;
  let timer = 0;
  const summary = h('p', { class: 'secondary' });
  const tabs = h('nav', { class: 'tabs', aria: { label: 'Which uploads' } });
  const place = h('div', {});
  main.append(
    h('div', { class: 'page' }, h('header', { class: 'page-head' }, h('h1', {}, 'On fal'), tabs), summary, place),
  );

  async function load() {
    const present = turn += 1;
    try {
      const { uploads } = await api.get('uploads', isAll ? { state: 'all' } : {});
      // What a sandbox got was never on fal.
      if (present === turn) draw(uploads.filter(({ host }) => !host?.startsWith('sandbox ')));
    } catch (error) {
      if (present === turn) replace(place, h('p', { class: 'problem' }, error.message));
    }
  }

  function draw(uploads) {
    replace(
      tabs,
      h('a', { href: '/fal', aria: { current: isAll ? null : 'page' } }, 'On fal now'),
      h('a', { href: '/fal?state=all', aria: { current: isAll ? 'page' : null } }, 'All uploads'),
    );
    const bytes = uploads.reduce((sum, upload) => sum + upload.byte_count, 0);
    const open = uploads.filter((upload) => upload.access === 'public' && !upload.lost_at).length;
    const endless = uploads.filter((upload) => !upload.expires_at && !upload.lost_at).length;
    summary.textContent = uploads.length === 0 ? '' : [
      `${format.plural(uploads.length, 'file')}, ${format.bytes(bytes)}`,
      open && `${format.count(open)} readable by anyone with the link`,
      endless && `${format.count(endless)} without an expiry`,
    ].filter(Boolean).join(' · ');
    if (uploads.length === 0) {
      replace(
        place,
        h(
          'div',
          { class: 'nothing' },
          h('p', {}, isAll ? 'Nothing has been uploaded to fal.' : 'Nothing of yours is on fal.'),
          h('p', { class: 'secondary' }, 'References uploaded for a run are listed here until they expire.'),
        ),
      );
      return;
    }
    const head = (text, extra = '') => h('th', { scope: 'col', class: extra }, text);
    replace(
      place,
      h(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', aria: { label: 'Uploads' } },
        cards(h(
          'table',
          { class: 'ledger' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              head(h('span', { class: 'unseen' }, 'Picture')),
              head('Expires'),
              head('Who can read it'),
              head('File'),
              head('Size', 'number'),
              head('Sent'),
              head('Used', 'number'),
            ),
          ),
          h('tbody', {}, [...uploads].sort(byEnd).slice(0, 1000).map(row)),
        )),
      ),
    );
  }

  function row(upload) {
    const isOver = upload.lost_at || (upload.expires_at && new Date(upload.expires_at) < Date.now());
    const end = upload.lost_at
      ? `Gone since ${format.date(upload.lost_at)}`
      : upload.expires_at
      ? `${isOver ? 'Expired' : 'Expires'} ${fromNow(upload.expires_at)}`
      : 'No expiry';
    return h(
      'tr',
      { class: isOver ? 'over' : '' },
      h(
        'td',
        {},
        upload.asset
          ? h(
            'a',
            { href: `/picture/${upload.asset}`, aria: { label: 'Open the picture' } },
            thumbnail(upload.asset, 'ledger-thumbnail'),
          )
          : h('span', { class: 'ledger-thumbnail' }),
      ),
      h(
        'td',
        {},
        h('b', { title: upload.expires_at ? format.time(upload.expires_at) : '' }, end),
        h('small', {}, because(upload)),
      ),
      h('td', {}, readers[upload.access] ?? upload.access, h('small', {}, upload.access)),
      h(
        'td',
        {},
        copies(upload.copy),
        h(
          'small',
          {},
          h('a', { href: upload.url, target: '_blank', rel: 'noreferrer noopener' }, 'Link'),
          ` on ${upload.host.replace(/^https?:\/\//, '').split(' ')[0]}`,
        ),
      ),
      h('td', { class: 'number' }, format.bytes(upload.byte_count)),
      h(
        'td',
        {},
        format.date(upload.uploaded_at),
        upload.checked_at && h('small', {}, `checked ${fromNow(upload.checked_at)}`),
      ),
      h('td', { class: 'number' }, format.count(upload.used)),
    );
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(load, 300);
  };
  const ends = [
    events.on('change', soon),
    events.on('run', soon),
    events.on('reset', soon),
    onConnection((isConnected) => isConnected && soon()),
  ];
  load();
  return {
    update(next) {
      isAll = next.params.get('state') === 'all';
      load();
    },
    close() {
      clearTimeout(timer);
      turn += 1;
      for (const end of ends) end();
    },
  };
}
