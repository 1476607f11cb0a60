/** Whether a key belongs to what a person writes: no shortcut may take it from them. */

/** A dialog just closed leaves its field the focus until the next painting: what comes meanwhile is typed nowhere. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null && target.closest('dialog:not([open])') === null;

/** Alt makes letters there: Option on a Mac, AltGr elsewhere. */
export const altWrites = (event: KeyboardEvent): boolean => event.getModifierState('AltGraph') || (isTyping(event.target) && /Mac|iPhone|iPad/.test(navigator.platform));
