// Where the keyboard goes when what it was on is gone: back to the pictures.

/** Gives the focus to the picture that had it last, or to the main part of the page. */
export function focusPictures() {
  const tile = [...document.querySelectorAll('#grid [role=gridcell][tabindex="0"]')].find((one) => one.offsetParent !== null);
  (tile ?? document.getElementById('main')).focus({ preventScroll: true });
}
