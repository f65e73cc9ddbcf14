// The keys of one picture.

import { overKeys } from './overkeys.mjs';

/** `run` has what the keys do; `zoom()` is the picture's. Answers the scope. */
export function pictureKeys(run, { query, zoom }) {
  const scope = overKeys('picture', query);
  const bind = (key, label, work, group = 'Picture') => scope.bind({ key, label, group, run: work });
  // A picture that is larger than its pane is moved; one that fits makes room for its neighbour.
  const arrow = (key, by) =>
    bind(key, `${by > 0 ? 'Next' : 'Previous'} picture; pans when zoomed`, () => {
      if (zoom().overflows && !zoom().isFit) zoom().pan(by * -120, 0);
      else run.step(by);
    });
  arrow('ArrowRight', 1);
  arrow('ArrowLeft', -1);
  bind('ArrowUp', '', () => zoom().pan(0, 120));
  bind('ArrowDown', '', () => zoom().pan(0, -120));
  bind('PageDown', 'Next picture, same zoom and place', () => run.step(1, { keep: true }));
  bind('PageUp', 'Previous picture, same zoom and place', () => run.step(-1, { keep: true }));
  bind('Home', 'First picture', run.first);
  bind('End', 'Last picture', run.last);
  bind('Escape', 'Back to the grid', run.leave);
  bind('Enter', '', run.enter);
  bind('i', 'Information', run.information);
  bind('l', 'Lineage', run.lineage);
  bind('c', 'Compare with the next', run.compare);
  bind('m', 'Make again', run.again);
  bind('z', 'Fit or 1:1', () => zoom().toggle(), 'Zoom');
  for (const key of ['+', '=']) bind(key, key === '+' ? 'Zoom in' : '', () => zoom().step(1.25), 'Zoom');
  bind('-', 'Zoom out', () => zoom().step(0.8), 'Zoom');
  for (let stars = 0; stars <= 5; stars += 1) {
    bind(String(stars), 'Rate; 0 removes the rating', () => run.rate(stars), 'Mark');
  }
  bind('f', 'Favourite', run.favourite, 'Mark');
  bind('t', 'Tags', run.tag, 'Mark');
  bind('s', 'Add to a set', run.set, 'Mark');
  bind('n', 'Note', run.note, 'Mark');
  bind('e', 'Title', run.title, 'Mark');
  bind('x', 'Select', run.select, 'Mark');
  bind('Delete', 'Move to the trash; in the trash, restore', run.trash, 'Mark');
  bind('Backspace', '', run.trash, 'Mark');
  return scope;
}
