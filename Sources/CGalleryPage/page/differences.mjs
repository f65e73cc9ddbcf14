// What differs between the recipes of two pictures, ready to be shown. Pure but for the elements it makes.

import { h } from './dom.mjs';
import { askedAndGot, promptsOf } from './facts.mjs';
import { format } from './format.mjs';

/** Words in both that lie farther from a difference than this are folded. */
const near = 7;

/**
 * One side of a text's pieces (`same`, `removed`, `added`, each with the space before it): elements in order, those of
 * this side marked, and long stretches without a difference folded into their count.
 */
export function markedWords(pieces, side) {
  const own = side === 'left' ? 'removed' : 'added';
  const mine = pieces.filter((piece) => piece.kind === 'same' || piece.kind === own);
  const hasMarks = pieces.some((piece) => piece.kind !== 'same');
  return mine.flatMap((piece, index) => {
    const space = index === 0 ? '' : piece.space || '';
    if (piece.kind === own) return [space, h(side === 'left' ? 'del' : 'ins', {}, piece.text)];
    return [
      space,
      ...(hasMarks ? folded(piece.text, { isFirst: index === 0, isLast: index === mine.length - 1 }) : [piece.text]),
    ];
  });
}

function folded(text, { isFirst, isLast }) {
  const words = text.split(/(\s+)/);
  const count = Math.ceil(words.length / 2);
  const head = isFirst ? 0 : near;
  const tail = isLast ? 0 : near;
  if (count <= head + tail + near) return [text];
  const before = words.slice(0, head * 2).join('');
  const after = tail ? words.slice(words.length - tail * 2).join('') : '';
  const hidden = words.slice(head * 2, tail ? words.length - tail * 2 : undefined).join('');
  const label = `… ${format.plural(count - head - tail, 'word')} the same …`;
  const button = h(
    'button',
    { class: 'fold', type: 'button', title: 'Show them', on: { click: () => button.replaceWith(hidden) } },
    label,
  );
  return [before, button, after];
}

/** The facts of a picture that are set beside those of another: `{name, text}`. */
export function comparedFacts(detail) {
  const { asset, run } = detail;
  const parameters = run?.parameters ?? {};
  const recipe = asset.recipe ?? {};
  const { seed } = promptsOf(detail);
  const steps = parameters.num_inference_steps ?? recipe.steps;
  const guidance = parameters.guidance_scale ?? recipe.guidance;
  const model = run?.model ?? recipe.model;
  const cost = run?.billing?.cost_usd;
  return [
    ['seed', seed !== null && `seed ${seed}`],
    [
      'size',
      format.size(asset.display_width, asset.display_height),
    ],
    ['format', asset.format],
    [
      'model',
      model && model.split('/').slice(1).join('/').concat(model.includes('/') ? '' : model),
    ],
    ['steps', steps && `${steps} steps`],
    [
      'guidance',
      guidance !== undefined && guidance !== null && `guidance ${guidance}`,
    ],
    ['cost', typeof cost === 'number' && format.money(cost)],
  ].filter(([, text]) => text).map(([name, text]) => ({ name, text }));
}

/** The references of two runs, by the numbers that the first gives them: `1, 2` beside `2, 1`. */
export function referenceNumbers(detail, first) {
  const own = detail.run?.references ?? [];
  const others = first.run?.references ?? [];
  if (!own.length) return null;
  let next = others.length;
  const numbers = new Map(others.map((digest, index) => [digest, index + 1]));
  const list = own.map(
    (digest) => {
      if (!numbers.has(digest)) numbers.set(digest, next += 1);
      return numbers.get(digest);
    },
  );
  const isSame = own.length === others.length && own.every((digest, index) => digest === others[index]);
  return { name: 'references', text: `references ${list.join(', ')}`, differs: !isSame };
}

/** What came otherwise than asked, as one line. */
export function askedLine(detail) {
  const rows = askedAndGot(detail);
  const others = rows.filter((row) => row.is === 'other');
  if (others.length) {
    return h(
      'span',
      { class: 'other' },
      others.map(
        (row) => `≠ ${row.name.toLowerCase()}: asked ${row.asked || '?'}, got ${row.got || '?'}`,
      ).join(' · '),
    );
  }
  return rows.some((row) => row.is === 'same') ? h('span', { class: 'same' }, '= as requested') : null;
}
