// The lineage of a picture as a graph: references left, this in the middle, what came of it right.

import { api, part } from './api.mjs';
import { h, icon, replace } from './dom.mjs';
import { format } from './format.mjs';
import { keys } from './keys.mjs';
import { arrange, arrangeFor } from './lineagelayout.mjs';
import { thumbnail } from './pictures.mjs';
import { address } from './router.mjs';

/** So much larger than usual pictures are drawn where there is room. */
const largest = 1.8;
/** A graph that does not fit is drawn smaller, but not so small that nothing of it can be told. */
const smallest = 0.2;

const SVG = 'http://www.w3.org/2000/svg';

/** Opens the graph over `place`. `leave` goes back; a link to another picture is an address of its own. */
export function openLineage({ id, place, leave }) {
  const focusedBefore = document.activeElement;
  const abort = new AbortController();
  const board = h('div', { class: 'board' });
  const scroller = h('div', { class: 'board-scroller', tabIndex: -1 }, board);
  const heading = h('p', { class: 'secondary' });
  const sizing = h('button', { class: 'button quiet', type: 'button', hidden: true, on: { click: () => fit(!isFitted) } });
  /** Whether all of it is in view, where it is larger than the view at its usual size. */
  let isFitted = true;
  const element = h(
    'section',
    { class: 'lineage', role: 'dialog', aria: { modal: 'true', label: 'Lineage' } },
    h(
      'header',
      { class: 'top' },
      h(
        'button',
        { class: 'button quiet leave', type: 'button', on: { click: leave } },
        icon('back'),
        h('span', {}, 'Back'),
        h('kbd', {}, 'Esc'),
      ),
      h('h1', {}, 'Lineage'),
      heading,
      h('span', { class: 'grow' }),
      sizing,
    ),
    scroller,
  );
  place.append(element);
  const scope = keys.scope('lineage', { isModal: true });
  scope.bind({ key: 'Escape', label: 'Back to the picture', group: 'Lineage', run: leave });
  scope.bind({ key: 'l', run: leave });
  scope.bind({ key: 'z', label: 'Fit, or full size', group: 'Lineage', run: () => fit(!isFitted) });
  let graph = null;
  const elements = new Map();
  const focused = () => graph?.nodes.find((node) => elements.get(node.id) === document.activeElement) ?? graph?.root;
  const go = (node) => {
    const target = node &&
      elements.get(node.id);
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const across = (by) => {
    const node = focused();
    if (!node) return;
    const linked = [...node.links].map(
      (key) => graph.nodes.find((each) => each.id === key),
    ).filter((each) => (each.x - node.x) * by > 0);
    go(linked.sort((a, b) => Math.abs(a.y - node.y) - Math.abs(b.y - node.y))[0]);
  };
  const along = (by) => {
    const node = focused();
    const list = graph?.columns.find((each) => each.includes(node));
    if (list) go(list[list.indexOf(node) + by]);
  };
  for (
    const [key, run, label] of [
      ['ArrowRight', () => across(1), 'Made from it'],
      ['ArrowLeft', () => across(-1), 'Made from'],
      ['ArrowUp', () => along(-1), ''],
      ['ArrowDown', () => along(1), ''],
    ]
  ) scope.bind({ key, run, label, group: 'Lineage' });
  element.querySelector('button').focus();

  const draw = (answer) => {
    graph = arrangeFor(answer, { width: scroller.clientWidth, height: scroller.clientHeight });
    // A small graph on a large screen is drawn larger.
    const room = Math.min(scroller.clientWidth / graph.width, scroller.clientHeight / graph.height);
    if (room > 1.1) graph = arrange(answer, Math.min(room * 0.9, largest), graph.isFolded);
    const pictures = graph.nodes.filter((node) => node.kind === 'asset').length;
    heading.textContent = [
      format.plural(pictures, 'picture'),
      format.plural(graph.nodes.length - pictures, 'run'),
      answer.omitted && `${format.count(answer.omitted)} more not shown`,
    ].filter(Boolean).join(', ');
    board.style.width = `${graph.width}px`;
    board.style.height = `${graph.height}px`;
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('width', graph.width);
    svg.setAttribute('height', graph.height);
    svg.setAttribute('aria-hidden', 'true');
    for (const { a, b } of graph.edges) {
      const path = document.createElementNS(SVG, 'path');
      const [x1, y1, x2, y2] = [
        a.x + (a.width + a.picture.width) / 2 + (a === graph.root ? 5 : 0),
        a.middle,
        b.x + (b.width - b.picture.width) / 2 - (b === graph.root ? 5 : 0),
        b.middle,
      ];
      const [from, to] = [a.lane ?? x1, b.lane ?? x2];
      const bend = Math.max(20, Math.abs(to - from) / 2);
      path.setAttribute('d', `M${x1} ${y1}L${from} ${y1}C${from + bend} ${y1} ${to - bend} ${y2} ${to} ${y2}L${x2} ${y2}`);
      if (a === graph.root || b === graph.root) path.setAttribute('class', 'near');
      svg.append(path);
    }
    const nodes = graph.nodes.toSorted((a, b) => a.depth - b.depth || a.y - b.y);
    replace(
      board,
      svg,
      h(
        'ul',
        {},
        nodes.map(({ x, y, width, height }, index) =>
          h('li', {
            style: { transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` },
          }, make(nodes[index]))
        ),
      ),
    );
    fit(true);
    elements.get(graph.root.id).focus({ preventScroll: true });
  };

  /** Draws all of it in view, or at its usual size around what has the focus. */
  function fit(isWanted) {
    if (!graph) return;
    const room = Math.min(scroller.clientWidth / graph.width, scroller.clientHeight / graph.height);
    isFitted = isWanted;
    const scale = isFitted ? Math.max(smallest, Math.min(1, room)) : 1;
    sizing.hidden = room >= 1;
    sizing.textContent = isFitted ? 'Full size' : 'Fit';
    board.style.zoom = scale;
    const { x, y, width, height } = focused();
    scroller.scrollTo({
      left: (x + width / 2) * scale - scroller.clientWidth / 2,
      top: (y + height / 2) * scale - scroller.clientHeight / 2,
    });
  }

  const make = (node) => {
    const more = [
      node.more_up && [`${format.count(node.more_up)} more before`, `child:${node.id}`],
      node.more_down && [`${format.count(node.more_down)} more after`, `parent:${node.id}`],
    ].filter(Boolean).map(([text, query]) => h('a', { class: 'more', href: address.grid(query) }, text));
    const link = node.kind === 'asset' ? pictureNode(node) : runNode(node);
    elements.set(node.id, link);
    return [link, ...more];
  };

  const pictureNode = (node) => {
    const isRoot = node === graph.root;
    const maker = graph.edges.find((edge) => edge.to === node.id)?.a;
    const name = node.title ?? node.name ?? node.prompt ?? maker?.prompt ?? 'Picture without a prompt';
    const label = `${isRoot ? 'This picture: ' : ''}${name}${node.trashed ? ', in the trash' : ''}`;
    const below = isRoot ? 'this' : node.title ?? node.name ?? (maker?.seed ? `seed ${maker.seed}` : '');
    return h(
      'a',
      {
        class: `node ${isRoot ? 'root' : ''}`,
        href: address.picture(node.id),
        title: name,
        aria: { current: isRoot ? 'true' : null, label },
      },
      h('img', {
        src: thumbnail({ digest: node.id }, isRoot ? 512 : 256),
        alt: '',
        loading: 'lazy',
        style: { width: `${node.picture.width}px`, height: `${node.picture.height}px` },
        on: { error: (event) => event.target.replaceWith(h('span', { class: 'gone' }, 'missing')) },
      }),
      h('span', { class: 'caption', dir: 'auto' }, below),
    );
  };

  const runNode = (node) => {
    const name = node.prompt ?? 'Without a prompt';
    const facts = [node.seed && `seed ${node.seed}`, node.state !== 'finished' && node.state].filter(Boolean);
    const model = (node.model ?? '').split('/').slice(-2).join('/');
    return h(
      'a',
      {
        class: 'node step',
        href: node.outputs ? address.picture(`${node.id}/1`) : '/runs',
        title: name,
        aria: { label: `Run: ${name}, ${[model, ...facts].join(', ')}` },
      },
      h('span', { class: 'what' }, model),
      h('span', { dir: 'auto', class: 'caption' }, name),
      h('span', { class: 'seed' }, facts.join(' · ')),
    );
  };

  api.get(`lineage/${part(id)}`, {}, { signal: abort.signal }).then(draw, (error) => {
    if (error.name !== 'AbortError') replace(board, h('p', { class: 'trouble' }, error.message));
  });
  return {
    close() {
      abort.abort();
      scope.close();
      element.remove();
      if (focusedBefore?.isConnected) focusedBefore.focus({ preventScroll: true });
    },
  };
}
