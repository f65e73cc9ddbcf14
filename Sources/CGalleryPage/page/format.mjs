// Numbers, times and sizes as a person reads them, in their language and time zone.

const number = new Intl.NumberFormat();

export const format = {
  count: (value) => (value === null || value === undefined ? '' : number.format(value)),
  plural: (value, one, many = `${one}s`) => `${number.format(value)} ${value === 1 ? one : many}`,
  bytes(value) {
    if (value === null || value === undefined) return '';
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
  },
  money(value) {
    if (value === null || value === undefined) return '';
    return `$${value >= 1 || value === 0 ? value.toFixed(2) : value.toPrecision(2).replace(/^0\.0*$/, '0')}`;
  },
  size: (width, height) => `${width}×${height}`,
  time: (text) => new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
  date: (text) => new Date(text).toLocaleDateString(undefined, { dateStyle: 'medium' }),
  /** A day such as `2026-11-26` as people say it: Today, Yesterday, Monday, 23 November; with the year when it is another. */
  day(text, today = new Date()) {
    const [year, month, day] = text.split('-').map(Number);
    const date = new Date(year, month - 1, day);
    const ago = Math.round((new Date(today.getFullYear(), today.getMonth(), today.getDate()) - date) / 86_400_000);
    if (ago === 0) return 'Today';
    if (ago === 1) return 'Yesterday';
    const options = { weekday: 'long', day: 'numeric', month: 'long' };
    if (year !== today.getFullYear()) options.year = 'numeric';
    return date.toLocaleDateString(undefined, options);
  },
};
