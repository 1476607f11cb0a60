/** A link to another place of the page. What stands there is loaded as soon as somebody points at it. */
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { go, type Address } from './address.ts';
import { preload } from './screens.ts';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> {
  readonly to: Address;
  /** No way back leads here. */
  readonly replace?: boolean;
}

export function Link({ to, replace = false, children, ...rest }: LinkProps) {
  const prepare = (): void => preload(to.replace(/#.*/, ''));
  const follow = (event: MouseEvent): void => {
    // A new tab or window, or a download, is the browser's.
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void go(to, { replace });
  };
  return (
    <a {...rest} href={to} onClick={follow} onMouseEnter={prepare} onTouchStart={prepare} onFocus={prepare}>
      {children}
    </a>
  );
}
