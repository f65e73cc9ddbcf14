// What can be done with a set and with a tag of the rail.

import { actions } from './actions.mjs';
import { arrangeSet } from './arrange.mjs';
import { format } from './format.mjs';
import { openMenu } from './menus.mjs';
import { address, navigate } from './router.mjs';
import { selection } from './selection.mjs';
import { quoted } from './spans.mjs';
import { chooseFiles } from './importing.mjs';

const link = (set) => address.grid(`set:${quoted(set.name)}`);

export function setMenu(place, set) {
  const { count } = selection;
  openMenu(
    place,
    [
      { label: 'Open', icon: set.is_smart ? 'search' : 'set', key: 'Enter', run: () => navigate(link(set)) },
      !set.is_smart && count > 0 && {
        label: `Add ${format.count(count)} selected`,
        icon: 'plus',
        run: () => actions.addToSet(selection.subject(), set.name),
      },
      !set.is_smart && {
        label: 'New edit with these',
        icon: 'play',
        run: () => navigate(`/compose?set=${encodeURIComponent(set.name)}`),
      },
      !set.is_smart && { label: 'Import into this set…', icon: 'download', run: () => chooseFiles({ set: set.name }) },
      !set.is_smart && set.count > 1 && { label: 'Reorder…', icon: 'tiles', run: () => arrangeSet(set.name) },
      null,
      { label: 'Rename', icon: 'pencil', key: 'F2', run: () => actions.renameSet(set.name) },
      set.is_smart && { label: 'Edit the search', icon: 'search', run: () => actions.editQuery(set) },
      { label: 'Duplicate', icon: 'copy', run: () => actions.duplicateSet(set.name) },
      selection.ids.size === 1 && {
        label: 'Make the selected picture its cover',
        icon: 'picture',
        run: () => actions.setCover(set.name, [...selection.ids][0]),
      },
      null,
      {
        label: 'Delete',
        icon: 'trash',
        key: 'Del',
        isBad: true,
        run: () => actions.deleteSet(set.name),
      },
    ].filter((item) => item !== false),
    { label: set.name },
  );
}

export function tagMenu(place, tag) {
  const { count } = selection;
  openMenu(
    place,
    [
      { label: 'Open', icon: 'tag', key: 'Enter', run: () => navigate(address.grid(`tag:${quoted(tag.name)}`)) },
      count > 0 && {
        label: `Tag ${format.count(count)} selected`,
        icon: 'plus',
        run: () => actions.addTag(selection.subject(), tag.name),
      },
      {
        label: 'Save as a smart set',
        icon: 'search_save',
        run: () => actions.createSet({ query: `tag:${quoted(tag.name)}` }),
      },
      null,
      {
        label: 'Remove from all pictures',
        icon: 'trash',
        key: 'Del',
        isBad: true,
        run: () => actions.dropTag(tag.name),
      },
    ].filter((item) => item !== false),
    { label: tag.name },
  );
}
