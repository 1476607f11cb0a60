/** The tab's title. Never a patient's name: tabs are seen on shared screens. */
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
