// The page begins here: what stands always (bar, rail, grid), and which view an address opens over it.

import { events } from './events.mjs';
import { h } from './dom.mjs';
import { keys } from './keys.mjs';
import { library } from './library.mjs';
import { onRoute, start as startRouter } from './router.mjs';
import { theme } from './theme.mjs';
import { toast } from './toasts.mjs';
import { bar } from './bar.mjs';
import { rail } from './rail.mjs';
import { grid } from './grid.mjs';
import { startConnection } from './connection.mjs';
import { startCurating } from './curating.mjs';
import { startDragging } from './dragging.mjs';
import { startImporting } from './importing.mjs';
import { startPictureMenu } from './picture-menu.mjs';
import { selectionBar } from './selection-bar.mjs';

/** Views that are loaded when they are first opened. `over` covers everything; the others take the place of the grid. */
const views = {
  picture: { load: () => import('./picture.mjs'), over: true },
  compare: { load: () => import('./compare.mjs'), over: true },
  compose: { load: () => import('./compose.mjs') },
  runs: { load: () => import('./runs.mjs') },
  fal: { load: () => import('./fal.mjs') },
  costs: { load: () => import('./costs.mjs') },
};

/** What an address shows that names no view. */
const nowhere = {
  load: async () => ({
    open(_, place) {
      document.title = 'Page not found – Atelier';
      const all = h('a', { class: 'button', href: '/' }, 'All pictures');
      place.append(h('div', { class: 'nowhere' }, h('h1', {}, 'Page not found'), h('p', {}, all)));
    },
  }),
};

const main = document.getElementById('main');
const over = document.getElementById('over');
let open = null;
/** The address of what is shown. */
let shown = location.href;

/** Opens the view of an address. The grid stays as it is beneath, so that coming back finds it at the same pixel. */
async function show(route) {
  // A picture without an id is no picture.
  const isNowhere = route.name === 'picture' && route.id === null;
  const view = route.name === 'grid' ? null : isNowhere ? nowhere : views[route.name] ?? nowhere;
  const place = view?.over ? over : document.getElementById('page');
  if (open?.name === route.name && open.update && !isNowhere) {
    // Whatever was being loaded to be opened over it is no longer wanted.
    show.turn = show.done = Symbol(route.name);
    shown = location.href;
    open.update(route);
    keys.release();
    return;
  }
  const isStill = !view && !open && show.turn === show.done;
  const turn = Symbol(route.name);
  show.turn = turn;
  // From one query to another the grid itself is all that changes.
  if (isStill && show.done) {
    show.done = turn;
    shown = location.href;
    return;
  }
  let module = null;
  if (view) {
    keys.hold();
    try {
      module = await view.load();
    } catch {
      if (show.turn !== turn) return;
      keys.release({ isOpen: false });
      // What is open stays, and so does its address; a module that did not come is asked for again with the page.
      toast.error(new Error('This view could not be loaded because Atelier is not responding. Reload the page when it is.'));
      history.replaceState(history.state, '', shown);
      return;
    }
  }
  if (show.turn !== turn) return;
  shown = location.href;
  open?.close();
  open = null;
  over.hidden = !view?.over;
  const isPage = Boolean(view && !view.over);
  document.getElementById('page').hidden = !isPage;
  document.getElementById('grid').inert = Boolean(view);
  // What lies beneath a picture cannot be reached by Tab either.
  for (const id of ['bar', 'rail', 'main']) document.getElementById(id).inert = Boolean(view?.over);
  document.getElementById('grid').hidden = isPage;
  if (module) {
    place.replaceChildren();
    const opened = module.open(route, place) ?? {};
    const close = () => { opened.close?.(); place.replaceChildren(); };
    // A view may lead elsewhere at once, when there is nothing for it to show.
    if (show.turn !== turn) {
      close();
      return;
    }
    open = { name: view === nowhere ? null : route.name, ...opened, close };
  } else {
    grid.resume(route);
  }
  show.done = turn;
  keys.release();
}

theme.start();
keys.start();
const gridElement = document.createElement('div');
gridElement.id = 'grid';
const pageElement = document.createElement('div');
pageElement.id = 'page';
pageElement.hidden = true;
main.append(gridElement, pageElement);
// First, so that pictures are asked for before anything else is drawn.
onRoute((route) => { grid.route(route); show(route); });
bar.start(document.getElementById('bar'));
rail.start(document.getElementById('rail'));
grid.start(gridElement);
selectionBar.start();
startPictureMenu();
startCurating();
startDragging();
startImporting();
startConnection();
startRouter();
events.start();
library.start().catch((error) => toast.error(error));
// What is opened next is mostly a picture: its modules are there before they are asked for. The others follow, so that a view can say that
// the server is away, instead of not being there itself.
const idly = (work, after) => setTimeout(() => (window.requestIdleCallback ?? setTimeout)(work), after);
idly(() => views.picture.load().catch(() => {}), 500);
idly(() => Object.values(views).forEach(({ load }) => load().catch(() => {})), 1200);
