// The figures of one process, in Prometheus' text form.
// Holds: names and labels only; no label has the value of a record, an id or a marking in it. Source: README.md#admin-listener

import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry and its text. */
export interface Metrics {
  /** For counters and histograms of a service's own. */
  readonly registry: Registry;
  text(): Promise<string>;
}

/** A fresh registry with the process's own figures (memory, event loop, garbage collection), labelled with the service. */
export function createMetrics(name: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: name });
  collectDefaultMetrics({ register: registry });
  return { registry, text: () => registry.metrics() };
}
