// The keys of compare.

import { modes } from './comparebar.mjs';
import { overKeys } from './overkeys.mjs';

/** `run` has what the keys do; `zoom()` is the active pane's. Answers the scope. */
export function compareKeys(run, { query, zoom, most }) {
  const scope = overKeys('compare', query);
  const bind = (key, label, work, group = 'Compare') => scope.bind({ key, label, group, run: work });
  // On a button these press it.
  const unlessButton = (work) => (event) => {
    if (event.target.closest('button')) return false;
    work();
    return true;
  };
  bind('ArrowRight', 'Next picture to compare', () => run.step(1));
  bind('ArrowLeft', 'Previous picture to compare', () => run.step(-1));
  bind('ArrowDown', 'Next pane', () => run.pane(1));
  bind('ArrowUp', 'Previous pane', () => run.pane(-1));
  for (let number = 1; number <= most; number += 1) {
    bind(String(number), 'Keep that picture: rates it above the others, 3 stars or more', () => run.keep(number - 1));
  }
  for (const { name, label, key } of modes) bind(key, label, () => run.mode(name));
  bind(' ', 'Flicker: show the other', unlessButton(run.flick));
  bind('g', 'Make differences stronger', run.gain);
  bind('k', 'Link zoom and pan', run.link);
  bind('r', 'Next pictures from the results or of the same prompt', run.source);
  bind('i', 'Prompt and details', run.words);
  bind('Enter', 'Open the picture', unlessButton(run.open));
  bind('f', 'Favourite', run.favourite, 'Mark');
  bind('Delete', 'Move to the trash and show the next picture', run.trash, 'Mark');
  bind('Escape', 'Back', run.leave);
  bind('z', 'Fit or 1:1', () => zoom()?.toggle(), 'Zoom');
  for (const key of ['+', '=']) bind(key, key === '+' ? 'Zoom in' : '', () => zoom()?.step(1.25), 'Zoom');
  bind('-', 'Zoom out', () => zoom()?.step(0.8), 'Zoom');
  const pans = [['ArrowRight', -120, 0], ['ArrowLeft', 120, 0], ['ArrowUp', 0, 120], ['ArrowDown', 0, -120]];
  for (const [key, x, y] of pans) bind(`Shift+${key}`, 'Pan', () => zoom()?.pan(x, y), 'Zoom');
  return scope;
}
