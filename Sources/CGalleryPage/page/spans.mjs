// Where the parts of a query lie, while it is being typed: the server tells them, and until it has, those it told move
// with the text.

/**
 * The same spans in a changed text: those before and after the change stay what they were, the one it touches grows
 * or shrinks.
 */
export function movedSpans(spans, from, to) {
  if (from === to) return spans;
  const least = Math.min(from.length, to.length);
  let head = 0;
  while (head < least && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < least - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  const shift = to.length - from.length;
  const end = from.length - tail;
  const moved = [];
  for (const span of spans) {
    const last = span.start + span.length;
    if (last < head || (last === head && shift <= 0)) moved.push(span);
    else if (span.start >= end) moved.push({ ...span, start: span.start + shift });
    else {
      const start = Math.min(span.start, head);
      const length = Math.max(last, end) + shift - start;
      // A blank that was typed ends a part.
      const blank = to.slice(start, start + length).search(/\s/);
      moved.push({ ...span, start, length: blank > 0 && span.kind !== 'phrase' ? blank : length });
    }
  }
  return moved.filter((span) => span.length > 0);
}

/** A plain word at the end of a query: not in a field, not shut out, and none of the words that join others. */
const lastWord = /(?:^|[\s(])(?!(?:OR|AND|NOT)$)(?=[^\s]*\p{L})[\p{L}\p{N}][\p{L}\p{M}\p{N}_'’-]*$/u;

/** What a query that is being typed looks for: its last word is only begun, and finds every word that begins like it. */
export function openEnded(query) {
  const isQuoted = query.split('"').length % 2 === 0;
  if (isQuoted) return query;
  // An OR that waits for its other side finds what stands before it.
  const whole = query.replace(/\s+OR$/, '');
  if (whole !== query) return whole;
  return lastWord.test(query) ? `${query}*` : query;
}

/** A query in which a field has another value, or is taken out with null: `sort:`, of which one counts. */
export function withField(query, name, value) {
  const found = new RegExp(`(^|\\s)${name}:\\S*`, 'gi');
  const rest = query.replace(found, ' ').replace(/\s+/g, ' ').trim();
  return value === null ? rest : `${rest} ${name}:${value}`.trim();
}

/** The longest query in an address, in bytes as it is written there: the server takes headers of 64 KB, with all else in them. */
const longest = 48_000;

/** As much of a query as an address may have. */
export function fitting(query) {
  if (query.length * 9 <= longest) return query;
  let bytes = 0;
  let end = 0;
  for (const character of query) {
    bytes += /^[\ud800-\udfff]$/.test(character) ? 9 : encodeURIComponent(character).length;
    if (bytes > longest) return query.slice(0, end);
    end += character.length;
  }
  return query;
}

/** A value as a query writes it: in quotes where it needs them. */
export const quoted = (value) => (/^[\p{L}\p{N}_-]+$/u.test(value) ? value : `"${value.replaceAll('"', '')}"`);

/** The ordinary name of the one set that a query is, else null. */
export function setOf(query) {
  const found = /^\s*(?:set:\s?|@)(?:"([^"]+)"|([^\s"()]+))\s*$/i.exec(query ?? '');
  return found ? found[1] ?? found[2] : null;
}
