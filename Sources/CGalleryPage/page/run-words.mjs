// What a run does and why, in words.

import { format } from './format.mjs';

/** Whose a run is. */
export const places = { fal: 'fal', sandbox: 'the sandbox', elsewhere: 'another account or server' };

/** Why nothing is known of a run that was sent. */
export const reasons = {
  not_asked: 'It was sent, and no answer came. fal’s request history was not asked yet.',
  not_listed: 'It was sent, and no answer came. fal’s request history does not list it, which can take a moment.',
  several_requests: 'It was sent, and no answer came. fal’s request history lists several requests that could be it.',
  several_runs: 'It was sent, and no answer came. A request in fal’s history could be this run or another.',
  not_permitted: 'It was sent, and no answer came. The key is not allowed to read fal’s request history.',
  not_reachable: 'It was sent, and no answer came. fal’s request history could not be read.',
  not_stored: 'It was sent with payload storage off, so fal’s request history does not list it.',
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
      return { words: 'References are on fal' };
    case 'submitted':
      return { words: 'Submitted' };
    case 'queued':
      return {
        words: progress.position ? `In the queue, ${format.count(progress.position)} before it` : 'In the queue',
      };
    case 'running':
    case 'log':
      return { words: 'Running', share: progress.percentage === undefined ? undefined : progress.percentage / 100 };
    case 'downloading':
      return { words: 'Fetching the pictures' };
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
