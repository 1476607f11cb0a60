/** Numbers that the process tells of itself, in Prometheus' text format. Owns the registry; each metric is named by whoever knows what it means. Label values come from closed lists only, so that nothing of a person, and no endless series, can become one. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricsRegistry {
  /** Counts one for each call of what is returned. */
  counter<Value extends string>(name: string, help: string, label: string, values: readonly Value[]): (value: Value) => void;
  /** Totals that another part keeps, read anew at each scrape. */
  totals<Value extends string>(name: string, help: string, label: string, values: readonly Value[], read: () => Readonly<Record<Value, number>>): void;
  /** Read anew at each scrape. A value outside the list is not shown. */
  gauge<Value extends string>(name: string, help: string, label: string, values: readonly Value[], read: () => ReadonlyMap<Value, number>): void;
  /** One number without a label, read anew at each scrape; 'counter' where it only ever rises. */
  number(name: string, help: string, kind: 'gauge' | 'counter', read: () => number): void;
  /** Seconds, in the buckets given. */
  histogram(name: string, help: string, buckets: readonly number[]): (seconds: number) => void;
  readonly contentType: string;
  text(): Promise<string>;
}

const PREFIX = 'quietline_';

export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    counter(name, help, label, values) {
      const counter = new Counter({ name: PREFIX + name, help, labelNames: [label], registers: [registry] });
      // A series that is there from the start can be alerted on: a rate over one that appears is none.
      for (const value of values) counter.inc({ [label]: value }, 0);
      return (value) => {
        if (values.includes(value)) counter.inc({ [label]: value });
      };
    },
    totals(name, help, label, values, read) {
      const counter: Counter = new Counter({
        name: PREFIX + name, help, labelNames: [label], registers: [registry],
        collect() {
          counter.reset();
          const now = read();
          for (const value of values) counter.inc({ [label]: value }, now[value]);
        },
      });
    },
    gauge(name, help, label, values, read) {
      const gauge: Gauge = new Gauge({
        name: PREFIX + name, help, labelNames: [label], registers: [registry],
        collect() {
          const now = read();
          for (const value of values) gauge.set({ [label]: value }, now.get(value) ?? 0);
        },
      });
    },
    number(name, help, kind, read) {
      if (kind === 'gauge') {
        const gauge: Gauge = new Gauge({ name: PREFIX + name, help, registers: [registry], collect: () => gauge.set(read()) });
        return;
      }
      const counter: Counter = new Counter({
        name: PREFIX + name, help, registers: [registry],
        collect() {
          counter.reset();
          counter.inc(read());
        },
      });
    },
    histogram(name, help, buckets) {
      const histogram = new Histogram({ name: PREFIX + name, help, buckets: [...buckets], registers: [registry] });
      return (seconds) => histogram.observe(seconds);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
