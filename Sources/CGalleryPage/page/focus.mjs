// Where the keyboard goes when what it was on is gone: back to the pictures.

/** Gives the focus to the picture that had it last, or to the main part of the page. */
export function focusPictures() {
  const tile = [...document.querySelectorAll('#grid [role=gridcell][tabindex="0"]')].find((one) =>
    one.offsetParent !== null
  );
  (tile ?? document.getElementById('main')).focus({ preventScroll: true });
}

/** Gives the focus back to what had it, or to what has been drawn in its stead, or to the pictures. */
export function giveFocusBack(element) {
  if (!element || element === document.body) {
    focusPictures();
    return;
  }
  const { key, id } = element.dataset ?? {};
  const again = element.isConnected
    ? element
    : key
    ? document.querySelector(`#rail [data-key="${CSS.escape(key)}"]`)
    : id
    ? document.querySelector(`#grid [data-id="${CSS.escape(id)}"]`)
    : null;
  again?.focus({ preventScroll: true });
  // What is hidden takes no focus.
  if (!again || document.activeElement !== again) focusPictures();
}
