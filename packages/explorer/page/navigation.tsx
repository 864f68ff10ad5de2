/** Where the reader is, and the ways to go elsewhere without loading the page anew. */

import { type ComponentChildren, createContext, type JSX } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { addressOf, type Place, placeOf } from "./place.ts";

export interface Navigation {
  readonly place: Place;
  /** With `replace` the place before can't be gone back to: for each letter that is typed. */
  go(place: Place, how?: "replace"): void;
}

const Context = createContext<Navigation | undefined>(undefined);

export function NavigationProvider({ children }: { readonly children: ComponentChildren }) {
  const [place, setPlace] = useState(() => placeOf(location.search));
  useEffect(() => {
    const onBack = () => setPlace(placeOf(location.search));
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const go = useCallback((next: Place, how?: "replace") => {
    const address = addressOf(next);
    if (how === "replace") history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    setPlace(next);
    if (how !== "replace" && next.view !== "search") scrollTo(0, 0);
  }, []);
  return <Context.Provider value={{ place, go }}>{children}</Context.Provider>;
}

export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === undefined) throw new Error("there is no NavigationProvider around");
  return navigation;
}

type LinkProps = { readonly to: Place } & Omit<JSX.AnchorHTMLAttributes, "href" | "onClick">;

/** A true link: it can be copied and opened in another tab. */
export function Link({ to, ...rest }: LinkProps) {
  const { go } = useNavigation();
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={addressOf(to)} onClick={onClick} {...rest} />;
}
