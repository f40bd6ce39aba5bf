// What the gateway counts. Holds: labels are route, method and class of status: none depends on a record.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestMeter } from './reply-hooks.ts';

/** Counts requests into a registry of its own, so that several gateways share a process. */
export function createMeter(view: string): RequestMeter & { readonly metrics: Registry } {
  const metrics = new Registry();
  metrics.setDefaultLabels({ view });
  const requests = new Counter({
    name: 'sitebus_gateway_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'method', 'status'],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: 'sitebus_gateway_request_seconds',
    help: 'Time to the end of the answer',
    labelNames: ['route', 'method'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [metrics],
  });
  const up = new Gauge({ name: 'sitebus_gateway_up', help: '1 while the gateway runs', registers: [metrics] });
  up.set(1);
  return {
    metrics,
    count(route, method, status, elapsed) {
      requests.inc({ route, method, status: `${Math.floor(status / 100)}xx` });
      seconds.observe({ route, method }, elapsed);
    },
  };
}
