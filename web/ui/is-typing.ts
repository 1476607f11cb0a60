/** Whether a key belongs to what a person writes: no shortcut may take it from them. */

export const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

/** Alt makes letters there: Option on a Mac, AltGr elsewhere. */
export const altWrites = (event: KeyboardEvent): boolean => event.getModifierState('AltGraph') || (isTyping(event.target) && /Mac|iPhone|iPad/.test(navigator.platform));
