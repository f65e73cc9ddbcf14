// Where a picture comes from and what its file is: sections of the information panel.

import { h } from './dom.mjs';
import { promptsOf } from './facts.mjs';
import { format } from './format.mjs';
import { section, untilWords } from './informing.mjs';

/** What fal holds of the picture and of its references, and until when. */
export function uploads(detail) {
  const { uploads, references } = detail;
  const lines = (uploads ?? []).map((upload) => ['this picture', upload]);
  for (const [index, each] of (references ?? []).entries()) {
    for (const upload of each.uploads ?? []) lines.push([each.name ?? `reference ${index + 1}`, upload]);
  }
  if (!lines.length) return null;
  const isSandbox = ({ host }) => Boolean(host?.startsWith('sandbox'));
  const sentences = lines.map(([name, upload]) =>
    `${name}: ${isSandbox(upload) ? 'in a sandbox, not on fal' : `${upload.access}, ${untilWords(upload)}`}`
  );
  return section(
    lines.every(([, upload]) => isSandbox(upload)) ? 'Uploads' : 'On fal',
    null,
    h('ul', { class: 'secondary' }, [...new Set(sentences)].map((sentence) => h('li', {}, sentence))),
  );
}

/** When and by what it was made, or from where it was imported. */
export function origin(detail) {
  const { asset, run, position_in_run: position } = detail;
  const imported = asset.origins.find((origin) => origin.how === 'imported');
  const line = (...parts) => h('p', { class: 'secondary breaks' }, parts.filter(Boolean).join(' · '));
  if (!run) return section('Imported', null, line(format.time(imported?.at ?? asset.added_at), imported?.path));
  const seconds = run.response?.timings?.inference ?? 0;
  const took = seconds > 0.05 && `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const count = run.outputs?.length ?? 1;
  return section(
    'Created',
    null,
    line(format.time(run.created_at), run.model, took),
    line(`run ${run.id}`, count > 1 && `picture ${(position ?? 0) + 1} of ${count}`),
    imported && line('also imported', imported.path),
  );
}

/** The facts of the file, and its download. */
export function file(detail) {
  const { asset } = detail;
  const { display_width: width, display_height: height } = asset;
  const frames = asset.frame_count > 1 ? `, ${format.plural(asset.frame_count, 'frame')}` : '';
  const depth = [
    `${asset.bit_depth ?? '?'} bit`,
    asset.channels && format.plural(asset.channels, 'channel'),
    asset.has_alpha && 'transparent',
  ];
  const facts = [
    ['Format', `${asset.format}${frames}`],
    [
      'Pixels',
      `${format.size(width, height)} · ${(width * height / 1e6).toFixed(1)} MP`,
    ],
    ['Bytes', format.bytes(asset.byte_count)],
    ['Depth', depth.filter(Boolean).join(', ')],
    asset.color_profile && ['Profile', asset.color_profile],
    [
      'Digest',
      asset.digest.slice(0, 12),
    ],
    ['File', asset.path],
  ].filter(Boolean);
  const name = (
    asset.title ?? promptsOf(detail).prompt ?? ''
  ).slice(0, 60).replace(/[^\p{L}\p{N} _-]/gu, '').trim();
  const download = `${name || asset.digest.slice(0, 12)}.${asset.format === 'jpeg' ? 'jpg' : asset.format}`;
  return section(
    'File',
    h('a', { class: 'link', href: `/blobs/${asset.digest}`, download }, 'Download'),
    h(
      'dl',
      { class: 'facts two' },
      facts.map(
        ([term, value]) => [h('dt', {}, term), h('dd', { class: 'breaks' }, value)],
      ),
    ),
    asset.unread && h('p', { class: 'secondary below' }, `Not read from the file: ${asset.unread}`),
  );
}
