/** Which modules share a file of the built page. On a slow network each file costs a way there and back, and a file that imports another costs two: the way in is one file, home is one more. Knows no screen but those first ones. */

export interface ModuleGraph {
  /** The module's id, by its path below web/. */
  readonly at: (path: string) => string;
  readonly importsOf: (id: string) => readonly string[];
}

/** Everybody's: the page's beginning, and what it loads next. */
const START = 'main.tsx';
export const APP = 'app.tsx';
export const SIGN_IN = 'features/sign-in/sign-in-page.tsx';
/** Whoever is signed in meets these two together. */
export const HOME: readonly string[] = ['features/calls/signed-in-frame.tsx', 'features/calls/calls-page.tsx'];

/** What loads with these, by `import` and not by `import()`. */
function loadedWith(roots: readonly string[], { at, importsOf }: ModuleGraph): Set<string> {
  const found = new Set<string>();
  const open = roots.map(at);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...importsOf(id));
  }
  return found;
}

/** `start` asks for everything else, `app` is what every first screen needs, `home` what only home does; null leaves a module to the bundler. */
export function chooseChunk(graph: ModuleGraph): (id: string) => 'start' | 'app' | 'home' | null {
  const start = loadedWith([START], graph);
  const app = loadedWith([APP], graph);
  const signIn = loadedWith([SIGN_IN], graph);
  const home = loadedWith(HOME, graph);
  return (id) => {
    // Also all styles of the way in: one file that the browser knows of at once.
    if (start.has(id) || (app.has(id) && id.endsWith('.css'))) return 'start';
    if (app.has(id) || (home.has(id) && signIn.has(id))) return 'app';
    return home.has(id) ? 'home' : null;
  };
}
