/** The palette: one field that finds people, recent calls, places and what can be done now. A combobox; the keyboard alone carries it. */
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { words } from '../../messages/messages.ts';
import { closeAtHand } from './at-hand-store.ts';
import { moveChoice } from './palette-policy.ts';
import styles from './palette.module.css';
import { type PaletteEntry, usePaletteGroups } from './use-palette-groups.ts';

export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [wanted, setWanted] = useState(0);
  const { groups, isSearching, hasFailed } = usePaletteGroups(typed);
  const entries = groups.flatMap((group) => group.entries);
  // People arrive later than what is known here: the choice stays in the list whatever its length.
  const chosen = Math.min(wanted, Math.max(0, entries.length - 1));

  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    field.current?.focus();
    // A tap beside it: only the backdrop is the dialog itself.
    const onClick = (event: MouseEvent): void => {
      if (event.target === opened) opened?.close();
    };
    opened?.addEventListener('click', onClick);
    return () => opened?.removeEventListener('click', onClick);
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, typed]);

  const run = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return;
    // Closed first: what it does may take the focus.
    dialog.current?.close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const next = moveChoice(event.key, chosen, entries.length);
    if (next !== null) setWanted(next);
    else if (event.key === 'Enter') run(entries[chosen]);
    else return;
    event.preventDefault();
  };
  const indexOf = (entry: PaletteEntry): number => entries.indexOf(entry);
  const said = hasFailed ? words.palette.failed : entries.length === 0 ? (isSearching ? words.palette.searching : words.palette.nothing(typed.trim())) : '';

  return (
    <dialog
      ref={dialog}
      className={styles['palette']}
      aria-label={words.palette.label}
      onClose={() => closeAtHand('palette')}
    >
      <div className={styles['field']}>
        <Search aria-hidden="true" />
        <input
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={entries.length === 0 ? undefined : `${id}-${chosen}`}
          aria-label={words.palette.label}
          placeholder={words.palette.open}
          type="text"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="go"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setWanted(0);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="iconbtn" aria-label={words.palette.close} onClick={() => dialog.current?.close()}>
          <X />
        </button>
      </div>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={words.palette.results} className={styles['list']}>
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <p className={styles['title']} aria-hidden="true">
              {group.title}
            </p>
            {group.entries.map((entry) => {
              const index = indexOf(entry);
              return (
                <button key={entry.key} id={`${id}-${index}`} type="button" role="option" tabIndex={-1} aria-selected={index === chosen} className={styles['entry']} onPointerMove={() => setWanted(index)} onClick={() => run(entry)}>
                  <entry.Icon />
                  <span>
                    <b>{entry.label}</b>
                    {entry.detail === '' ? null : <small>{entry.detail}</small>}
                  </span>
                  {entry.keys === null ? null : <kbd>{entry.keys}</kbd>}
                </button>
              );
            })}
          </div>
        ))}
      </div>
      <p className={styles['said']} role="status">
        {said}
      </p>
    </dialog>
  );
}
