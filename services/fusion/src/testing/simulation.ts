// The lane of one view through weather: hosts that end, calls that fail, deliveries that come twice, clocks that jump,
// and leaders that do not know that they are none; all from one seed.
// Holds: the same seed gives the same run, step by step; nothing waits for the clock on the wall; when the weather is over
// everything is read, and what was written must be as if there had been none. Source: README.md#lane

import { silentLog, type BusPort, type Policy } from '@sitebus/sdk';
import { createTestBus, createTestClock } from '@sitebus/sdk/testing';
import { hashOfLinked } from '../engine/state.ts';
import type { Lane } from '../lane.ts';
import type { SnapshotStore } from '../snapshot-files.ts';
import { createLane } from '../service.ts';
import { NOON, type Shipped } from './lane.ts';
import { createRandom, type Random } from './seeded-random.ts';
import { SimulatedHost, type Waiting } from './simulated-host.ts';
import { closureOf, liveFaults, someReports, type SimulatedReport } from './simulated-reports.ts';
import { createForgetfulStore } from './simulated-snapshots.ts';
import { faultsOf, replayFaults, writtenBy, type Written } from './written.ts';

const VIEW = 'partner';
const HOUR_MS = 3_600_000;
const MOST_HOSTS = 2;
/** Beyond this many moves without an end, something waits for what never comes. */
const MOST_CALM_MOVES = 20_000;
/** Looking whether all is done costs more than a move. */
const LOOK_EVERY_MOVES = 20;
const STRICT_HUB_CAP = 3;

/** What a run has seen; everything but `faults` tells whether it was worth its time. */
export interface SimulationReport {
  readonly seed: number;
  /** Sentences about what must not be; empty for a run in which everything held. */
  readonly faults: readonly string[];
  readonly reports: number;
  readonly steps: number;
  readonly hosts: number;
  readonly deaths: Readonly<Record<string, number>>;
  /** Steps that changed rules. */
  readonly ruleChanges: number;
  /** Groups of more than one report. */
  readonly linked: number;
}

/** Runs one seed. Cost: some hundred moves, tens of milliseconds. */
export async function simulate(shipped: Shipped, seed: number): Promise<SimulationReport> {
  const world = new World(shipped, seed);
  await world.weather();
  await world.calm();
  return world.report();
}

interface Running {
  readonly host: SimulatedHost;
  readonly lane: Lane;
}

class World {
  readonly #shipped: Shipped;
  readonly #stricter: Policy;
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock = createTestClock(NOON);
  readonly #bus = createTestBus({ clock: this.#clock });
  readonly #port: BusPort = this.#bus.connect.bus;
  readonly #toPublish: SimulatedReport[];
  readonly #acknowledged: SimulatedReport[] = [];
  readonly #deaths: Record<string, number> = {};
  readonly #faults: string[] = [];
  readonly #snapshots: SnapshotStore;
  readonly #isSlow = new WeakMap<Waiting, boolean>();
  #running: Running[] = [];
  #hosts = 0;
  #nowMs = 0;
  #isCalm = false;
  /** Whether new hosts come with the stricter rules. */
  #isStricter = false;

  constructor(shipped: Shipped, seed: number) {
    this.#shipped = shipped;
    this.#stricter = stricter(shipped.policy);
    this.#seed = seed;
    this.#random = createRandom(seed);
    this.#snapshots = createForgetfulStore(this.#random);
    this.#toPublish = someReports(shipped, this.#random, 6 + this.#random.int(16));
  }

  /** Everything that can go wrong does, now and then. */
  async weather(): Promise<void> {
    const moves = 300 + this.#random.int(500);
    for (let move = 0; move < moves; move += 1) {
      await this.#badMove();
      await quiet();
    }
  }

  /** Two fresh hosts, and nothing goes wrong any more, until everything is read. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    while (this.#toPublish.length > 0) await this.#publish();
    for (const { host } of this.#running) host.end();
    this.#running = [];
    for (let n = 0; n < MOST_HOSTS; n += 1) this.#startHost();
    for (let move = 0; move < MOST_CALM_MOVES; move += 1) {
      this.#running = this.#running.filter(({ host }) => !host.isOver());
      while (this.#running.length < MOST_HOSTS) this.#startHost();
      if (move % LOOK_EVERY_MOVES === 0 && this.#isDone()) return;
      this.#goOn();
      await quiet();
    }
    this.#faults.push(`not everything was read after ${MOST_CALM_MOVES} calm moves`);
  }

  report(): SimulationReport {
    const written = writtenBy(this.#bus, this.#shipped, VIEW);
    const cap = this.#isStricter ? STRICT_HUB_CAP : Infinity;
    const { namespace } = this.#shipped.policy.views.find(({ id }) => id === VIEW)!;
    const ruleChanges = written.steps.filter(({ ruleChange }) => ruleChange !== null).length;
    const [a, b] = this.#running.map(({ lane }) => lane.picture);
    const sameState = a !== undefined && b !== undefined && hashOfLinked(a.engine) === hashOfLinked(b.engine);
    return {
      seed: this.#seed,
      faults: [
        ...this.#faults,
        ...liveFaults(this.#acknowledged, written, namespace, cap),
        ...(sameState ? [] : ['the follower does not hold what the leader holds']),
        ...faultsOf(written),
        // What a change of rules publishes follows from what was published under the old ones; no replay has those.
        ...(ruleChanges === 0
          ? replayFaults(this.#bus, { ...this.#shipped, policy: this.#policyOf(written) }, VIEW)
          : []),
      ],
      ruleChanges,
      reports: this.#acknowledged.length,
      steps: written.steps.length,
      hosts: this.#hosts,
      deaths: this.#deaths,
      linked: closureOf(this.#acknowledged, cap).filter((group) => group.length > 1).length,
    };
  }

  #policyOf({ steps }: Written): Policy {
    return [this.#stricter, this.#shipped.policy].find(({ version }) => version === steps[0]?.policyVersion)!;
  }

  async #badMove(): Promise<void> {
    const random = this.#random;
    this.#running = this.#running.filter(({ host }) => !host.isOver());
    const [one] = this.#running.length > 0 ? [random.pick(this.#running)] : [];
    if (one === undefined || (this.#running.length < MOST_HOSTS && random.chance(0.1))) this.#startHost();
    else if (random.chance(0.06) && this.#toPublish.length > 0) await this.#publish();
    else if (random.chance(0.005)) this.#endHost(one, 'power cut');
    else if (random.chance(0.004)) this.#stopHost(one);
    else if (random.chance(0.01)) one.host.evict();
    else if (random.chance(0.02)) this.#bus.failNext('rebalance');
    else if (random.chance(0.002)) this.#isStricter = true;
    else if (random.chance(0.03)) this.#clock.advance((random.int(9) - 3) * HOUR_MS);
    else if (random.chance(0.006)) this.#failOne(one);
    else this.#goOn();
  }

  /** Lets one thing go on, or some, on one host. */
  #goOn(): void {
    const { host } = this.#random.pick(this.#running);
    const { waiting } = host;
    const ready = waiting.filter((each) => !this.#lingers(each));
    const most = this.#isCalm || this.#random.int(3) === 0 ? 6 : 1;
    if (ready.length > 0 && this.#random.chance(0.85))
      for (let left = Math.min(most, ready.length); left > 0; left -= 1) this.#random.pick(ready).goOn();
    else this.#nowMs = Math.max(this.#nowMs, host.fireTimer() ?? 0);
  }

  /** Some calls and deliveries are slow: others overtake them by far. */
  #lingers(waiting: Waiting): boolean {
    const maySlow = /^(delivery|commit)/.test(waiting.at);
    if (!this.#isSlow.has(waiting)) this.#isSlow.set(waiting, maySlow && this.#random.chance(0.12));
    return !this.#isCalm && this.#isSlow.get(waiting) === true && this.#random.chance(0.95);
  }

  #failOne({ host }: Running): void {
    const { waiting } = host;
    if (waiting.length > 0) this.#random.pick(waiting).fail();
  }

  #startHost(): void {
    this.#hosts += 1;
    const host = new SimulatedHost(`host-${this.#hosts}`, this.#port, () => this.#nowMs);
    host.repeats = () => !this.#isCalm && this.#random.chance(0.1);
    const skewMs = (this.#random.int(7) - 3) * HOUR_MS;
    const { codec, commonValues } = this.#shipped;
    const policy = this.#isStricter ? this.#stricter : this.#shipped.policy;
    const lane = createLane(
      {
        config: {
          snapshotMs: 100,
          view: VIEW,
          instance: host.name,
          cutMs: this.#random.int(3) * 20,
          maxCutRecords: 1 + this.#random.int(5),
        },
        policy,
        codec,
        commonValues,
        bus: host.bus,
        clock: { now: () => this.#clock.now() + skewMs },
        log: silentLog,
      },
      { pace: host.pace, snapshotStore: this.#snapshots },
    );
    const running = { host, lane };
    this.#running.push(running);
    const died = (cause: unknown) => {
      if (!host.isOver()) this.#endHost(running, codeOf(cause as Error));
    };
    void lane.fatal.then(died);
    void lane.start().catch(died);
  }

  #endHost({ host }: Running, why: string): void {
    this.#deaths[why] = (this.#deaths[why] ?? 0) + 1;
    if (!KNOWN_DEATHS.has(why)) this.#faults.push(`${host.name} ended with ${why}`);
    host.end();
  }

  /** Asks the instance to leave; it needs the simulation's leave for every step of that. */
  #stopHost(running: Running): void {
    void running.lane.stop().then(() => {
      if (!running.host.isOver()) this.#endHost(running, 'stop');
    });
  }

  /** As an agency does: again and again until it is acknowledged, to wherever its key may have led. */
  async #publish(): Promise<void> {
    const report = this.#toPublish[0]!;
    const producer = await this.#port.createProducer();
    const record = { ...report.record, partition: this.#random.int(4) };
    if (!this.#isCalm && this.#random.chance(0.15)) this.#bus.failNext(this.#random.chance(0.5) ? 'ack' : 'produce');
    const isAcknowledged = await producer.send(record).then(
      () => true,
      () => false,
    );
    await producer.close();
    if (!isAcknowledged) return;
    if (!this.#isCalm && this.#random.chance(0.15)) return; // the agency forgot, and sends it again
    this.#acknowledged.push(report);
    this.#toPublish.shift();
  }

  #isDone(): boolean {
    const { steps } = writtenBy(this.#bus, this.#shipped, VIEW);
    const cut = steps.reduce((sum, { records }) => sum + records, 0);
    const input = this.#bus.records().filter(({ topic }) => topic.startsWith('obs.')).length;
    const last = steps.at(-1)?.seq ?? 0;
    return cut === input && this.#running.every(({ lane }) => lane.picture.seq === last && lane.role !== 'starting');
  }
}

/** Rules under which a value in more than three reports no longer links. */
function stricter(policy: Policy): Policy {
  const { version, detection } = policy;
  const changed = { ...detection, ruleVersion: detection.ruleVersion + 1, hubCap: STRICT_HUB_CAP };
  return { ...policy, version: version + 1, detection: changed };
}

/** Ends that the weather brings about. */
const KNOWN_DEATHS = new Set([
  'ISSUED_INCOMPLETE',
  'POLICY_OUTDATED',
  'power cut',
  'stop',
  'COMMIT_FAILED',
  'LANE_FENCED',
  'failed call',
]);

function codeOf(cause: Error): string {
  const { code } = cause as Error & { readonly code?: string };
  return code ?? (cause.message.startsWith('the bus failed at') ? 'failed call' : cause.message);
}

/** Everything that can go on by itself has. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
