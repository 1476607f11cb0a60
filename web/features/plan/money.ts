/** Money as the plan keeps it, in millionths, as the practice's country writes it. */
import { words } from '../../messages/messages.ts';

export type Money = (micros: number) => string;

/** A minute may cost less than a cent: up to four places, two at least. */
export function moneyOf(currency: string, country: string): Money {
  const locale = `${words.language}-${country}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 4 });
  return (micros) => format.format(micros / 1_000_000);
}

/** "60" or "12.50", of either decimal sign, in millionths; null for nothing typed; undefined for no amount. */
export function microsOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  const match = /^(\d{1,7})(?:[.,](\d{1,6}))?$/u.exec(text);
  return match === null ? undefined : Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}
