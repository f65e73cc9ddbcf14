// Files into the library: dropped anywhere, pasted, or chosen. Several at a time; one quiet line says how far; at the
// end, what was refused.

import { api } from './api.mjs';
import { openDialog } from './dialogs.mjs';
import { h, icon, replace } from './dom.mjs';
import { format } from './format.mjs';
import { library } from './library.mjs';
import { route } from './router.mjs';
import { setOf } from './spans.mjs';
import { toast } from './toasts.mjs';

const atOnce = 3;

let line = null;
let job = null;

/** Every file of what was dropped, folders with everything below them, in the order of their names. */
async function filesOf(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) =>
    item.webkitGetAsEntry?.() ?? item.getAsFile()
  );
  const found = [];
  const walk = async (entry) => {
    if (!entry) return;
    if (entry instanceof File) found.push({ name: entry.name, open: async () => entry });
    else if (entry.isFile) {
      found.push({
        name: entry.fullPath.replace(/^\//, ''),
        open: () => new Promise((resolve, reject) => entry.file(resolve, reject)),
      });
    } else if (entry.isDirectory) {
      const reader = entry.createReader();
      const children = [];
      // A folder is read a hundred entries at a time, until none are left.
      for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) break;
        children.push(...some);
      }
      children.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
      for (const child of children) if (!child.name.startsWith('.')) await walk(child);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

/** Imports files, into a set when one is named. */
export async function importFiles(files, { set } = {}) {
  if (files.length === 0) return;
  if (library.status?.read_only) {
    toast.error(new Error('This gallery is read-only'));
    return;
  }
  if (job) {
    job.total += files.length;
    job.waiting.push(...files.map((file) => ({ file, set })));
    tell();
    return;
  }
  job = {
    waiting: files.map((file) => ({ file, set })),
    total: files.length,
    done: 0,
    added: 0,
    already: 0,
    refused: [],
    abort: new AbortController(),
  };
  const mine = job;
  tell();
  const work = async () => {
    while (mine.waiting.length > 0 && !mine.abort.signal.aborted) {
      const next = mine.waiting.shift();
      await one(mine, next);
      mine.done += 1;
      tell();
    }
  };
  addEventListener('beforeunload', hold);
  await Promise.all(Array.from({ length: atOnce }, work));
  removeEventListener('beforeunload', hold);
  job = null;
  line.hidden = true;
  finish(mine);
}

const hold = (event) => event.preventDefault();

async function one(mine, { file, set }) {
  try {
    const blob = await file.open();
    const answer = await api.put('imports', blob, { name: file.name, set }, { signal: mine.abort.signal });
    if (answer.outcome === 'refused') throw new Error(answer.message);
    if (answer.outcome === 'imported') mine.added += 1;
    else mine.already += 1;
  } catch (error) {
    if (error.name !== 'AbortError') mine.refused.push({ name: file.name, reason: reasonOf(error, file.name) });
  }
}

/** The importer's words, which begin with the name that stands beside them. */
function reasonOf(error, name) {
  const last = name.split('/').at(-1);
  return error.message.startsWith(`${last}: `) ? error.message.slice(last.length + 2) : error.message;
}

/** The line while it goes on. */
function tell() {
  if (!job || !line) return;
  line.hidden = false;
  const share = job.total ? job.done / job.total : 0;
  line.querySelector('progress').value = share;
  line.querySelector('span').textContent = `Importing ${format.count(Math.min(job.done + 1, job.total))} of ${
    format.plural(job.total, 'file')
  }${job.refused.length ? `, ${job.refused.length} failed` : ''}`;
}

function finish({ added, already, refused, abort, total, done }) {
  const parts = [
    added > 0 && `${format.plural(added, 'picture')} imported`,
    already > 0 && `${format.count(already)} already in the library`,
    refused.length > 0 && `${format.count(refused.length)} could not be imported`,
    abort.signal.aborted && `stopped after ${done} of ${total}`,
  ].filter(Boolean);
  const message = parts.length ? parts.join(', ') : 'Nothing to import';
  if (refused.length === 0) {
    toast(message[0].toUpperCase() + message.slice(1));
    return;
  }
  if (refused.length === 1 && added === 0 && already === 0) {
    toast.error(new Error(`${refused[0].name}: ${refused[0].reason}`));
    return;
  }
  toast(message[0].toUpperCase() + message.slice(1), { action: { label: 'Why?', run: () => showRefused(refused) } });
}

function showRefused(refused) {
  openDialog({
    label: `${format.plural(refused.length, 'file')} could not be imported`,
    className: 'wide',
    content: h(
      'ul',
      { class: 'refused' },
      refused.slice(0, 200).map(({ name, reason }) =>
        h('li', {}, h('b', { dir: 'auto' }, name), h('span', { class: 'secondary' }, reason))
      ),
      refused.length > 200 && h('li', { class: 'secondary' }, `and ${format.count(refused.length - 200)} more`),
    ),
    buttons: [{ label: 'Close', isMain: true }],
  });
}

/** The set that is open takes what comes while it is. */
const openSet = () => {
  const name = route().name === 'grid' ? setOf(route().q) : null;
  return library.sets.some((set) => set.name === name && !set.is_smart) ? name : undefined;
};

/** Lets a person choose files or a folder. */
export function chooseFiles({ isFolder = false, set = openSet() } = {}) {
  const input = h('input', { type: 'file', multiple: true, hidden: true });
  if (isFolder) input.webkitdirectory = true;
  else input.accept = 'image/*,.heic,.heif,.avif,.jxl,.tif,.tiff';
  input.addEventListener('change', () => {
    importFiles(
      [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, open: async () => file })),
      { set },
    );
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}

export function startImporting() {
  line = h(
    'div',
    { class: 'import-line', role: 'status', hidden: true },
    h('progress', { max: 1, value: 0, aria: { label: 'Import' } }),
    h('span', {}),
    h('button', {
      class: 'button quiet',
      type: 'button',
      on: {
        click: () => {
          job?.abort.abort();
        },
      },
    }, 'Stop'),
  );
  const veil = h(
    'div',
    { class: 'drop-veil', hidden: true },
    h('div', {}, icon('download'), h('b', {}), h('span', {}, 'Pictures and folders')),
  );
  document.body.append(line, veil);
  let deep = 0;
  const areFiles = (event) => event.dataTransfer?.types.includes('Files');
  const leave = () => {
    deep = 0;
    veil.hidden = true;
  };

  addEventListener('dragenter', (event) => {
    if (!areFiles(event)) return;
    deep += 1;
    // Compose takes files itself, as references.
    if (route().name === 'compose') return;
    const set = event.target.closest?.('[data-drop-set]')?.dataset.dropSet ?? openSet();
    replace(veil.querySelector('b'), 'Drop to import', set && [' into ', h('bdi', {}, set)]);
    veil.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (areFiles(event) && (deep -= 1) <= 0) leave();
  });
  // Without this a browser would open the file and leave the page.
  addEventListener('dragover', (event) => {
    if (areFiles(event) && !event.defaultPrevented) {
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    }
  });
  addEventListener('drop', async (event) => {
    leave();
    if (!areFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    const set = event.target.closest?.('[data-drop-set]')?.dataset.dropSet ?? openSet();
    try {
      await importFiles(await filesOf(event.dataTransfer), { set });
    } catch (error) {
      toast.error(error);
    }
  });
  addEventListener('paste', (event) => {
    if (event.defaultPrevented || route().name === 'compose' || event.target.closest?.('input, textarea')) return;
    const files = [...event.clipboardData?.files ?? []];
    if (files.length) {
      importFiles(files.map((file) => ({ name: file.name, open: async () => file })), { set: openSet() });
    }
  });
}
