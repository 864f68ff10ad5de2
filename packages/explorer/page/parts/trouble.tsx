/** What is shown where an answer should be and is none. */

import { createContext } from "preact";
import { useContext, useState } from "preact/hooks";
import { type ApiError, forgetKey, hasKey, keepKey } from "../api/client.ts";

/** Called when a key was given: everything is asked anew. */
export const OnKey = createContext<() => void>(() => {});

interface TroubleProps {
  readonly error: ApiError;
  again(): void;
}

export function Trouble({ error, again }: TroubleProps) {
  if (error.status === 401) return <KeyForm />;
  const isPassing = error.status === 0 || error.status === 429 || error.status >= 500;
  return (
    <div class="notice" role="alert">
      <h2>{titleOf(error)}</h2>
      <p>{error.message}</p>
      {isPassing && (
        <button type="button" class="primary" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

function titleOf({ status }: ApiError): string {
  if (status === 0) return "No connection";
  if (status === 400) return "The store does not understand this";
  if (status === 404) return "There is nothing here";
  if (status === 429) return "Too many questions at once";
  return status === 503 ? "The store can’t answer just now" : "Something went wrong";
}

function KeyForm() {
  const onKey = useContext(OnKey);
  const [wasWrong] = useState(hasKey);
  const [key, setKey] = useState("");
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (key.trim() === "") return;
    keepKey(key.trim());
    onKey();
  };
  return (
    <form class="notice key" onSubmit={onSubmit}>
      <h2>This store asks for a key</h2>
      {wasWrong && <p role="alert">The key that was given is not known.</p>}
      <p>It is kept until this tab is closed, and sent to this store alone.</p>
      <label>
        API key
        <input
          type="password"
          autocomplete="off"
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button type="submit" class="primary">
          Use this key
        </button>
        {wasWrong && (
          <button
            type="button"
            onClick={() => {
              forgetKey();
              onKey();
            }}
          >
            Forget it
          </button>
        )}
      </p>
    </form>
  );
}
