// Elements from data, without HTML in strings.

/**
 * Makes an element. Properties: `class`, `dataset`, `on` (event listeners), `aria` (aria-*), everything else a property if the element has
 * it, else an attribute. Children: nodes, texts, arrays; null and false are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === 'aria') for (const [key, text] of Object.entries(value)) { if (text !== undefined && text !== null) element.setAttribute(`aria-${key}`, text); }
    else if (name === 'style') Object.assign(element.style, value);
    else if (name in element && name !== 'list' && name !== 'form') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...nodes(children));
  return element;
}

/** Replaces what an element holds. */
export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

const tableRoles = { table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tfoot: 'rowgroup', tr: 'row', td: 'cell' };

/** A table that a narrow window shows as a card for each row: every cell knows its heading, and stays a cell for those who hear it. */
export function cards(table) {
  const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  table.classList.add('cards');
  for (const element of [table, ...table.querySelectorAll('thead, tbody, tfoot, tr, th, td')]) {
    const name = element.localName;
    element.setAttribute('role', tableRoles[name] ?? (element.scope === 'row' ? 'rowheader' : 'columnheader'));
    if (name === 'td') element.dataset.label = headings[element.cellIndex] ?? '';
  }
  return table;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Paths of a 16 by 16 drawing, stroked. */
const drawings = {
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM11 11l3.5 3.5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  back: 'M9.5 3L4.5 8l5 5M4.5 8H14',
  previous: 'M10 3L5 8l5 5',
  next: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5',
  star: 'M8 1.8l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6z',
  heart: 'M8 13.5S2 10 2 5.8A3 3 0 0 1 8 4.6a3 3 0 0 1 6 1.2C14 10 8 13.5 8 13.5z',
  tag: 'M2 2h5l7 7-5 5-7-7zM5 5h.01',
  set: 'M4 4V2.5h9.5V12H12M2.5 4H12v9.5H2.5z',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9',
  menu: 'M2 4h12M2 8h12M2 12h12',
  tick: 'M3 8.5l3.5 3.5L13 4.5',
  plus: 'M8 3v10M3 8h10',
  copy: 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z',
  information: 'M8 7v5M8 4.2h.01M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z',
  compare: 'M8 2v12M2.5 3.5H6v9H2.5zM10 3.5h3.5v9H10z',
  download: 'M8 2v8M4.5 7L8 10.5 11.5 7M3 13.5h10',
  light: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  play: 'M4 2.5l9 5.5-9 5.5z',
  tiles: 'M2.5 2.5h4.5V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z',
  pencil: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z',
  restore: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.5 4L3 6.5 5.5 9',
  clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5',
  cloud: 'M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6-.6 3.3 3.3 0 0 1-.3 6.6z',
  coins: 'M8 3.5v9M10.5 5.3C10 4.4 9 4 8 4 6.600 4 5.500 4.800 5.500 6S6.700 7.700 8 8s2.500.8 2.500 2S9.400 12 8 12c-1 0-2-.4-2.500-1.300',
  warning: 'M8 2l6.500 11.500h-13zM8 6.500v3M8 11.600h.01',
  picture: 'M2 3h12v10H2zM2 11l3.500-3.500L9 11l2-2 3 3M10.500 6h.01',
  search_save: 'M4 2.500h8V14L8 11l-4 3z',
};

/** A small drawing; decoration, so a button that has only this needs a name of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', name === 'more' ? 'icon dots' : 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', drawings[name] ?? '');
  svg.append(path);
  return svg;
}
