import AssetModel
import BrowserDriver

/// What is wrong for people who do not see, do not point or do not like motion, found by reading the page itself.
///
/// Names are computed as browsers do for what we use (https://www.w3.org/TR/accname-1.2/): `aria-labelledby`, `aria-label`, labels,
/// `alt`, the text within, `title`. Contrast is that of WCAG 2.2, 1.4.3: of every text that is to be seen with what is painted
/// behind it, colours blended where they are translucent; text upon a picture is left out, since its ground is not known.
enum AccessibilityPass {
    /// A list of sentences; empty when all is well.
    static let problems = #"""
        () => {
          const problems = [];
          const describe = (element) => {
            const name = element.className && typeof element.className === 'string' ? `.${element.className.trim().split(/\s+/).join('.')}` : '';
            return `<${element.localName}${element.id ? `#${element.id}` : ''}${name}> “${(element.textContent ?? '').trim().slice(0, 30)}”`;
          };
          const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            && element.closest('[inert], [aria-hidden=true]') === null && element.getBoundingClientRect().width > 0;
          const nameOf = (element) => {
            const by = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean)
              .map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
            const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
            const images = [...element.querySelectorAll('img[alt], [aria-label]')]
              .map((one) => one.getAttribute('alt') ?? one.getAttribute('aria-label')).join(' ');
            return [by, element.getAttribute('aria-label'), labels, element.getAttribute('alt'), element.textContent, images,
              element.getAttribute('title'), element.getAttribute('placeholder')].find((text) => text?.trim())?.trim() ?? '';
          };

          // Names and roles of what can have focus.
          const focusable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]';
          const plain = new Set(['a', 'button', 'input', 'select', 'textarea', 'summary', 'main', 'aside', 'section', 'dialog', 'nav',
            'form', 'article', 'h1', 'h2', 'h3']);
          // What scrolls must be reachable by the keyboard, and needs no role for that.
          const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflow);
          for (const element of document.querySelectorAll(focusable)) {
            if (element.disabled || !isSeen(element)) continue;
            if (!plain.has(element.localName) && !element.getAttribute('role') && !scrolls(element)) problems.push(`no role: ${describe(element)}`);
            if (element.localName !== 'main' && !nameOf(element)) problems.push(`no name: ${describe(element)}`);
            if (element.tabIndex > 0) problems.push(`an order of its own: ${describe(element)}`);
            const parent = element.parentElement?.closest('a[href], button');
            if (parent) problems.push(`${describe(element)} lies in ${describe(parent)}`);
          }
          for (const image of document.querySelectorAll('img')) {
            if (isSeen(image) && !image.hasAttribute('alt')) problems.push(`no alt: ${image.src}`);
          }
          for (const svg of document.querySelectorAll('svg')) {
            if (isSeen(svg) && !svg.getAttribute('aria-label') && svg.getAttribute('role') !== 'presentation') {
              problems.push(`a drawing without a name that is not hidden: ${describe(svg.parentElement)}`);
            }
          }
          const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
          for (const id of new Set(ids)) {
            if (ids.filter((other) => other === id).length > 1) problems.push(`two elements are #${id}`);
          }
          for (const attribute of ['aria-labelledby', 'aria-controls', 'aria-describedby', 'aria-activedescendant', 'aria-owns']) {
            for (const element of document.querySelectorAll(`[${attribute}]`)) {
              if (!isSeen(element)) continue;
              for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
                if (!document.getElementById(id) && element.getAttribute('aria-expanded') !== 'false') {
                  problems.push(`${attribute} names #${id}, which is not there: ${describe(element)}`);
                }
              }
            }
          }
          // What must lie in what.
          const parents = { gridcell: '[role=row]', row: '[role=grid], [role=rowgroup], [role=table]', option: '[role=listbox]',
            radio: '[role=radiogroup]', tab: '[role=tablist]', menuitem: '[role=menu], [role=menubar]', treeitem: '[role=tree]' };
          for (const [role, parent] of Object.entries(parents)) {
            for (const element of document.querySelectorAll(`[role=${role}]`)) {
              if (isSeen(element) && !element.parentElement.closest(parent)) problems.push(`${role} not in ${parent}: ${describe(element)}`);
            }
          }
          for (const dialog of document.querySelectorAll('[role=dialog], dialog[open]')) {
            if (isSeen(dialog) && !(dialog.getAttribute('aria-label') || dialog.getAttribute('aria-labelledby'))) {
              problems.push(`a dialog without a name: ${describe(dialog)}`);
            }
          }
          if (!document.documentElement.lang) problems.push('the page has no language');
          if (!document.title) problems.push('the page has no title');

          // Contrast.
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const known = new Map();
          const colour = (text) => {
            if (!known.has(text)) {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = text;
              canvas.fillRect(0, 0, 1, 1);
              const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
              known.set(text, [red, green, blue, alpha / 255]);
            }
            return known.get(text);
          };
          const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
          const light = (channels) => {
            const [r, g, b] = channels.map((value) => {
              const part = value / 255;
              return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = (element) => {
            const layers = [];
            for (let one = element; one; one = one.parentElement) {
              const style = getComputedStyle(one);
              if (style.backgroundImage !== 'none' || one.localName === 'figure') return null;
              const paint = colour(style.backgroundColor);
              if (paint[3] > 0) layers.push(paint);
              if (paint[3] === 1) break;
              // What floats over pictures has them behind it.
              if (style.position === 'absolute' && one.closest('[role=gridcell], figure, .picture')) {
                if (paint[3] === 0) continue;
                return null;
              }
            }
            const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
            return layers.reduceRight((below, layer) => over(layer, below), isDark ? [0, 0, 0, 1] : [255, 255, 255, 1]);
          };
          const told = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || !element || !isSeen(element) || element.closest('noscript, script, style, :disabled, [aria-disabled=true]')) continue;
            const style = getComputedStyle(element);
            if (style.clipPath !== 'none' || Number(style.opacity) < 0.05) continue;
            const behind = ground(element);
            if (!behind) continue;
            let opacity = 1;
            for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
            const ink = colour(style.color);
            const front = over([ink[0], ink[1], ink[2], ink[3] * opacity], behind);
            const [a, b] = [light(front.slice(0, 3)), light(behind.slice(0, 3))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
            if (ratio < (large ? 3 : 4.5) - 0.01) {
              const sentence = `contrast ${ratio.toFixed(2)}: ${describe(element)} ${style.color} on ${behind.slice(0, 3).map(Math.round)}`;
              const key = `${element.localName}.${element.className}`;
              if (!told.has(key)) problems.push(sentence);
              told.add(key);
            }
          }

          // Motion.
          if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
            for (const element of document.querySelectorAll('body *')) {
              if (!isSeen(element)) continue;
              const style = getComputedStyle(element);
              const moves = (text) => text.split(',').some((time) => parseFloat(time) > (time.includes('ms') ? 1 : 0.001));
              if (moves(style.transitionDuration) || (style.animationName !== 'none' && moves(style.animationDuration))) {
                problems.push(`moves although motion is reduced: ${describe(element)}`);
                break;
              }
            }
          }
          if (document.documentElement.scrollWidth > innerWidth + 1) {
            problems.push(`wider than the window: ${document.documentElement.scrollWidth} of ${innerWidth}`);
          }
          return problems;
        }
        """#

    /// What has focus, whether that is to be seen, and where: `[description, isSeen, isMarked]`. A mark is an outline, or a border,
    /// shadow or ground that is another one without focus.
    static let focus = #"""
        async () => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const around = [element, element.parentElement, element.parentElement?.parentElement, element.closest('[role=search]'),
            ...[...element.querySelectorAll('*')].slice(0, 40)].filter(Boolean);
          const look = () => around.flatMap((one) => [null, '::before', '::after'].map((part) => {
            const style = getComputedStyle(one, part);
            const outline = style.outlineStyle !== 'none' ? [style.outlineStyle, style.outlineWidth, style.outlineColor].join() : '';
            return [outline, style.borderTopColor, style.boxShadow, style.backgroundColor, style.opacity, style.textDecorationLine].join();
          })).join(';');
          const { top, bottom, left, right } = element.getBoundingClientRect();
          const isSeen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && element.checkVisibility();
          const name = `${element.localName}${element.id ? `#${element.id}` : ''}.${element.className}`;
          const label = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30);
          const focused = look();
          element.blur();
          const plain = look();
          element.focus({ preventScroll: true, focusVisible: true });
          // The pane that keys go to stays marked, and a window in the background marks nothing.
          const isMarked = focused !== plain || element.classList.contains('active') || !document.hasFocus();
          return [`<${name}> ${label}`, isSeen, isMarked];
        }
        """#
}
