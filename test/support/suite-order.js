// The order in which suites are begun: those with a broker, a stack or a world of their own are spread over the others, the
// dearest of both first. Holds: the same on every machine and on a fresh clone, where jest knows no times and would go by the
// size of files; a suite that waits for its world runs beside one that reckons; the last fifth of all is short suites alone, so
// that every worker is busy to the end.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfGroup } from './unit-groups.js';

/** What a suite calls that starts something before its first test, the dearest first. */
const STARTS = [
  /startWorld\(|startStackProcess\(|execFile\(process\.execPath/,
  /startOwnGateway\(|startServiceProcess\(|startOwnBroker\(/,
  /startOwnStore\(|startEmbeddedStore\(|realStack\(|provisionedStack\(|kafkaUnderTest\(/,
];
const LAWS = /\.property\.test\.ts$/;
/** Of the others, over which those that start something are spread. */
const SPREAD_OVER = 0.8;

/** For `testSequencer` of jest.config.js. */
export default class SuiteOrder {
  sort(tests) {
    const ranks = new Map(tests.map((test) => [test, rankOf(test.path)]));
    const bySize = new Map(tests.map((test) => [test, sizeOf(test)]));
    const sorted = [...tests].sort(
      (a, b) => ranks.get(a) - ranks.get(b) || bySize.get(b) - bySize.get(a) || (a.path < b.path ? -1 : 1),
    );
    const starting = sorted.filter((test) => ranks.get(test) < STARTS.length);
    const others = sorted.filter((test) => ranks.get(test) >= STARTS.length);
    const between = Math.floor((others.length * SPREAD_OVER) / Math.max(1, starting.length));
    return [...starting.flatMap((test) => [test, ...others.splice(0, between)]), ...others];
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}

  shard(tests, { shardIndex, shardCount }) {
    return tests.filter((_test, at) => at % shardCount === shardIndex - 1);
  }
}

/** Of a group: that of all its files. */
const sizeOf = ({ path, context }) =>
  [path, ...filesOfGroup(path).map((file) => join(context.config.rootDir, file))]
    .map((file) => statSync(file).size)
    .reduce((total, size) => total + size, 0);

function rankOf(path) {
  const source = readFileSync(path, 'utf8');
  const at = STARTS.findIndex((starts) => starts.test(source));
  if (at >= 0) return at;
  return LAWS.test(path) ? STARTS.length : STARTS.length + 1;
}
