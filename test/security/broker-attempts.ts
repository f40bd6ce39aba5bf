// What one principal gets from the broker, asked on a connection of its own with whole lists in one request.
// Holds: nothing is ever written: a write is tried with no record in it, which the broker looks at only after the rights;
// answers are the broker's error names, 'ok' where it had no objection to the right.
import {
  Connection,
  fetchV17,
  findCoordinatorV6,
  metadataV12,
  ResponseError,
  SASLMechanisms,
  Writer,
  protocolErrorsCodesById,
} from '@platformatic/kafka';
import type { Reader } from '@platformatic/kafka';

/** One principal's view of the broker; every map is by the name asked for. */
export interface Attempts {
  /** READ, WRITE, … as the broker's authoriser grants them on each topic; empty where even DESCRIBE is refused. */
  operations(topics: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  writes(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  reads(topics: readonly TopicWithId[]): Promise<ReadonlyMap<string, string>>;
  groups(groups: readonly string[]): Promise<ReadonlyMap<string, string>>;
  transactionalIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** Fetching asks by id. */
export interface TopicWithId {
  readonly name: string;
  readonly id: string;
}

/** Asks for what no partition has, so that a right shows without records coming back. */
const PAST_EVERY_END = {
  partition: 0,
  currentLeaderEpoch: -1,
  fetchOffset: 1n << 50n,
  lastFetchedEpoch: -1,
  partitionMaxBytes: 1,
};

/** Kafka's AclOperation codes, as the bits of `topic_authorized_operations`. */
const OPERATION_BITS: Readonly<Record<string, number>> = {
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
};
const PRODUCE = { key: 0, version: 9 } as const;
const COORDINATOR_OF = { group: 0, transactionalId: 1 } as const;
/** What a permitted write of nothing meets. */
const NOTHING_TO_WRITE = 'INVALID_RECORD';
/** What whoever may ask meets while the broker still makes its own topic of groups or transactions. */
const NOT_YET = 'COORDINATOR_NOT_AVAILABLE';

/** Signs in; rejects when broker or password refuse. */
export async function attemptsAs(
  address: string,
  credential: { readonly username: string; readonly password: string },
): Promise<Attempts> {
  const connection = new Connection(credential.username, {
    sasl: { mechanism: SASLMechanisms.SCRAM_SHA_512, ...credential },
  });
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  await connection.connect(host, Number(port));
  return {
    async operations(topics) {
      const answer = await answerOf(metadataV12.api.async(connection, [...topics], false, true));
      return new Map(
        answer.topics.map((topic) => [
          topic.name ?? '',
          topic.errorCode === 0 ? operationsIn(topic.topicAuthorizedOperations) : [],
        ]),
      );
    },
    async writes(topics) {
      const answers = await produceNothing(connection, topics);
      return new Map(answers.map(([name, error]) => [name, orOk(error, NOTHING_TO_WRITE, 'NOT_LEADER_OR_FOLLOWER')]));
    },
    async reads(topics) {
      const names = new Map<string, string>();
      // One topic a request: the driver loses its place in an answer about several.
      for (const { name, id } of topics) {
        const wanted = [{ topicId: id, partitions: [PAST_EVERY_END] }];
        const { responses } = await answerOf(fetchV17.api.async(connection, 0, 0, 1, 0, 0, -1, wanted, [], ''));
        names.set(
          name,
          orOk(errorName(responses[0]?.partitions[0]?.errorCode ?? 0), 'OFFSET_OUT_OF_RANGE', 'NOT_LEADER_OR_FOLLOWER'),
        );
      }
      return names;
    },
    groups: (groups) => coordinators(connection, COORDINATOR_OF.group, groups),
    transactionalIds: (ids) => coordinators(connection, COORDINATOR_OF.transactionalId, ids),
    close: () => connection.close(),
  };
}

/** An answer that comes after the right was granted counts as 'ok'. */
const orOk = (name: string, ...afterTheRight: readonly string[]): string =>
  afterTheRight.includes(name) ? 'ok' : name;

async function coordinators(
  connection: Connection,
  keyType: number,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const answer = await answerOf(findCoordinatorV6.api.async(connection, keyType, [...keys]));
  return new Map(answer.coordinators.map(({ key, errorCode }) => [key, orOk(errorName(errorCode), NOT_YET)]));
}

/** The driver throws where any part was refused, and keeps the whole answer; here a refusal is what is looked for. */
async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ResponseError && error['response'] !== undefined) return error['response'] as T;
    throw error;
  }
}

function produceNothing(connection: Connection, topics: readonly string[]): Promise<[string, string][]> {
  const request = (): Writer =>
    Writer.create()
      .appendString(null)
      .appendInt16(-1)
      .appendInt32(5_000)
      .appendArray([...topics], (topicWriter, topic) => {
        topicWriter.appendString(topic).appendArray([0], (w, partition) => {
          w.appendInt32(partition).appendUnsignedVarInt(1); // compact length of zero bytes
        });
      })
      .appendTaggedFields();
  return new Promise((resolve, reject) => {
    connection.send(PRODUCE.key, PRODUCE.version, request, readProduceAnswer, true, true, (error, answer) => {
      if (error) reject(error);
      else resolve(answer ?? []);
    });
  });
}

function readProduceAnswer(_correlationId: number, _key: number, _version: number, reader: Reader): [string, string][] {
  return reader.readArray((topic) => {
    const name = topic.readString();
    const codes = topic.readArray((partition) => {
      partition.readInt32();
      const code = partition.readInt16();
      for (let field = 0; field < 3; field++) partition.readInt64(); // base offset, append time, start offset
      partition.readArray((fault) => [fault.readInt32(), fault.readNullableString()]);
      partition.readNullableString();
      return code;
    });
    return [name, errorName(codes[0] ?? 0)] as [string, string];
  });
}

const operationsIn = (bits: number): string[] =>
  Object.entries(OPERATION_BITS)
    .filter(([, bit]) => (bits & (1 << bit)) !== 0)
    .map(([name]) => name);

const errorName = (code: number): string => (code === 0 ? 'ok' : (protocolErrorsCodesById[code] ?? `ERROR_${code}`));
