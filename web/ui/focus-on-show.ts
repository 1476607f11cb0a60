/** As a ref: the field that one came for has the focus as soon as it is shown. The attribute works once a page. */
export function focusOnShow(field: HTMLElement | null): void {
  field?.focus();
}
