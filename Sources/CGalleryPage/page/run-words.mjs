// What a run does and why, in words.

import { format } from './format.mjs';

/** Where a run is. */
export const places = { fal: 'on fal', sandbox: 'in the sandbox', elsewhere: 'on another account or server' };

/** Why nothing is known of a run that was sent. */
export const reasons = {
  not_asked: 'Sent, but no answer came. fal’s request history can be searched for it.',
  not_listed: 'Sent, but no answer came. fal’s request history does not list it yet; that can take a moment.',
  several_requests: 'Sent, but no answer came. Several requests in fal’s history could be this one.',
  several_runs: 'Sent, but no answer came. A request in fal’s history could be this run or another one.',
  not_permitted: 'Sent, but no answer came. Your key may not read fal’s request history.',
  not_reachable: 'Sent, but no answer came. fal’s request history could not be read.',
  not_stored: 'Sent with input and output storage off, so fal’s request history cannot match it.',
};

/** What a run is doing, and how far: `{words, share}`; without a share it is not known how long it takes. */
export function progressWords(progress) {
  switch (progress?.kind) {
    case 'planned':
    case 'resuming':
    case 'reused':
      return { words: 'Getting ready' };
    case 'uploading':
    case 'waiting':
      return { words: 'Uploading references', share: progress.of ? progress.sent / progress.of : undefined };
    case 'uploaded':
    case 'renewed':
      return { words: 'References uploaded' };
    case 'submitted':
      return { words: 'Submitted' };
    case 'queued':
      return {
        words: progress.position ? `In the queue, ${format.count(progress.position)} ahead` : 'In the queue',
      };
    case 'running':
    case 'log':
      return { words: 'Running', share: progress.percentage === undefined ? undefined : progress.percentage / 100 };
    case 'downloading':
      return { words: 'Downloading' };
    case 'finished':
      return { words: format.plural(progress.count ?? 1, 'picture'), isOver: true };
    case 'failed':
      return { words: 'Failed', isOver: true, isBad: true };
    case 'unknown':
      return { words: 'Needs a decision', isOver: true };
    case 'left':
      return { words: 'Waiting', isOver: true };
    default:
      return null;
  }
}

/** States of runs. */
export const states = {
  finished: 'Finished',
  failed: 'Failed',
  cancelled: 'Cancelled',
  planned: 'Not sent yet',
  sent: 'Sent',
  submitted: 'Submitted',
  unknown: 'Needs a decision',
};
