/** A text field with suggestions below it, as the combobox of the WAI-ARIA Authoring Practices: list, no autocompletion. */

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export interface Option {
  /** Unlike that of any other option. */
  readonly key: string;
  readonly content: ComponentChildren;
  pick(): void;
}

interface ComboboxProps {
  readonly label: string;
  readonly listLabel: string;
  readonly placeholder: string;
  readonly text: string;
  readonly options: readonly Option[];
  readonly input?: RefObject<HTMLInputElement>;
  /** The name of a key that leads here, for those who are told of it. */
  readonly shortcut?: string;
  onText(text: string): void;
  /** Enter was pressed and no option is chosen. */
  onEnter?(): void;
}

/** As long as the longest title that the store takes would be too long for any search. */
const MAX_LENGTH = 200;

export function Combobox(props: ComboboxProps) {
  const { label, text, options, onText } = props;
  const id = useId();
  const own = useRef<HTMLInputElement>(null);
  const input = props.input ?? own;
  const [isWanted, setWanted] = useState(false);
  const [chosenKey, setChosenKey] = useState<string>();
  const isOpen = isWanted && options.length > 0;
  const chosenAt = isOpen ? options.findIndex(({ key }) => key === chosenKey) : -1;
  const optionId = (at: number) => `${id}-option-${at}`;

  useEffect(() => {
    if (chosenAt !== -1)
      document.getElementById(`${id}-option-${chosenAt}`)?.scrollIntoView({ block: "nearest" });
  }, [id, chosenAt]);

  function close(): void {
    setWanted(false);
    setChosenKey(undefined);
  }

  function pick(option: Option): void {
    close();
    option.pick();
  }

  function move(by: 1 | -1): void {
    setWanted(true);
    // One place more than there are options: none is chosen, and the text is as it was typed.
    const places = options.length + 1;
    const at = (chosenAt + 1 + by + places) % places;
    setChosenKey(options[at - 1]?.key);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const chosen = options[chosenAt];
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (event.altKey) setWanted(event.key === "ArrowDown");
        else move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "Enter":
        if (chosen !== undefined) pick(chosen);
        else {
          close();
          props.onEnter?.();
        }
        break;
      case "Escape":
        if (isOpen) close();
        else if (text !== "") onText("");
        else return;
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  return (
    <div class="combobox">
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosenAt === -1 ? undefined : optionId(chosenAt)}
        aria-keyshortcuts={props.shortcut}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={MAX_LENGTH}
        placeholder={props.placeholder}
        value={text}
        onInput={(event) => {
          setWanted(true);
          setChosenKey(undefined);
          onText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <div id={`${id}-list`} role="listbox" aria-label={props.listLabel} class="options" hidden={!isOpen}>
        {options.map((option, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <div
            key={option.key}
            id={optionId(at)}
            role="option"
            aria-selected={at === chosenAt}
            // The field would lose the focus, and the list with it, before the click is there.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(option)}
          >
            {option.content}
          </div>
        ))}
      </div>
    </div>
  );
}
