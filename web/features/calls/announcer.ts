/** Says a sentence to a screen reader. Written past React: a live region speaks what changes in it, and each text is said once. */
export function say(text: string): void {
  const region = document.querySelector('[data-announcer]');
  if (region !== null) region.textContent = text;
}
