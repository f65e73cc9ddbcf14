// Light or dark: the system's, unless a person chose.

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply() {
  const chosen = localStorage.getItem('theme');
  document.documentElement.dataset.theme = chosen ?? (dark.matches ? 'dark' : 'light');
}

export const theme = {
  get chosen() { return localStorage.getItem('theme'); },
  /** `light`, `dark`, or null for the system's. */
  choose(value) {
    if (value) localStorage.setItem('theme', value);
    else localStorage.removeItem('theme');
    apply();
  },
  start() {
    apply();
    dark.addEventListener('change', apply);
  },
};
