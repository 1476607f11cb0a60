/** The way to a call's note, for the Note control and Alt+N, wherever the note lies: home loads it without the note. */
export function goToNote(): void {
  const field = document.querySelector<HTMLTextAreaElement>('[data-note] textarea');
  field?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}
