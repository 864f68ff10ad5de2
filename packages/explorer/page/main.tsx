/** The explorer: a page to search the films of a store, to see who said what of them, and to watch them change. */

import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.body);
