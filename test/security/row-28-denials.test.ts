// Row 28, of denials: on a real broker, with the ledger's own signer. Who is denied something moves nothing that other readers
// can ask of the ledger; a reviewer proves the denial by leaf, path and a checkpoint that the ledger signed.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLedgerService, verifierKeysOf } from '@sitebus/ledger';
import {
  assessTopic,
  createCodec,
  fusionPrincipal,
  ledgerPrincipal,
  loadSchemaLock,
  silentLog,
  systemClock,
} from '@sitebus/sdk';
import { parseVerifierKey, verifyDelivery, type VerifierKey } from '@sitebus/sdk/merkle';
import { anAssessment, uuidOf } from '../../services/gateway/src/testing/records.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnGateway, type OwnGateway } from '../support/own-gateway.ts';

const VIEW = 's-can';
const READER = 'ama-lindqvist';
const DENIED = 'teodor-vance';
const REVIEWER = 'viggo-tremblay';
const SEED = `one:${Buffer.alloc(32, 3).toString('base64url')}`;
const MARKING = 'SECRET//CANADIAN EYES ONLY';
const seen = anAssessment({ id: uuidOf('seen'), marking: MARKING });
const hidden = anAssessment({ id: uuidOf('hidden'), marking: MARKING, groups: ['panel'] });

let gateway: OwnGateway;
let ledger: ReturnType<typeof createLedgerService>;
const keys: readonly VerifierKey[] = verifierKeysOf(VIEW, SEED).map((text) => parseVerifierKey(text)!);

beforeAll(async () => {
  gateway = await startOwnGateway({
    view: VIEW,
    people: [READER, DENIED, REVIEWER],
    ledgerKeys: verifierKeysOf(VIEW, SEED),
  });
  const bus = gateway.busAs(ledgerPrincipal(VIEW));
  ledger = createLedgerService({
    config: { view: VIEW, keys: SEED, everyMs: 20 },
    bus,
    clock: systemClock,
    log: silentLog,
  });
  await ledger.start();
  const codec = createCodec({ lock: await loadSchemaLock(gateway.lockPath) });
  const producer = await gateway.busAs(fusionPrincipal(VIEW)).createProducer();
  for (const each of [seen, hidden]) {
    const value = codec.encode('ca.sitebus.fusion.Assessment', each);
    await producer.send({ topic: assessTopic(VIEW), key: each.id, value });
  }
  await eventually(async () => (await gateway.ask(READER, `/v1/assessments/${seen.id}`)).status === 200, {});
});
afterAll(async () => {
  await ledger.stop();
  await gateway.close();
});

const textOf = async (person: string, path: string): Promise<string> =>
  (await gateway.ask(person, `/v1/ledger/${path}`)).text();
const sizeOf = (note: string): number => Number(note.split('\n')[1]);
/** @returns a note once one covers as many leaves. */
const noteBeyond = (size: number, tree: string): Promise<string> =>
  eventually(
    async () => {
      const note = await textOf(REVIEWER, `checkpoint?tree=${tree}`);
      return sizeOf(note) >= size ? note : '';
    },
    { what: `a checkpoint of ${size} ${tree}` },
  );
const leafOf = async (person: string): Promise<number> =>
  Number(
    /leaves=(\d+)-/.exec(
      (await gateway.ask(person, `/v1/assessments/${seen.id}`)).headers.get('sitebus-ledger') ?? '',
    )?.[1],
  );

test('row 28: a reviewer proves who was denied what, and a hidden record and an absent one leave the same denial', async () => {
  const answers = [];
  for (const id of [hidden.id, uuidOf('absent')]) {
    const answer = await gateway.ask(DENIED, `/v1/assessments/${id}`);
    answers.push([answer.status, await answer.text()]);
  }
  expect(answers[0]).toEqual([404, expect.stringContaining('not-found')]);
  expect(answers[1]).toEqual(answers[0]);
  const note = await noteBeyond(2, 'denials');
  const { items } = JSON.parse(await textOf(REVIEWER, 'entries?tree=denials')) as {
    items: { index: number; text: string; salt: string; who: string }[];
  };
  const [absent, denied] = items; // the newest first
  const { hashes } = JSON.parse(await textOf(REVIEWER, `proof/inclusion?tree=denials&index=${denied?.index}&size=${sizeOf(note)}`)) as { hashes: string[] }; // prettier-ignore
  const delivery = { index: denied?.index ?? -1, leaf: denied?.text ?? '', proof: hashes, opening: { salt: denied?.salt ?? '', records: [{ id: hidden.id }] } }; // prettier-ignore
  expect(denied?.who).toBe(DENIED);
  expect(verifyDelivery(delivery, note, keys)).toMatchObject({ status: 'PROVEN', isContentCompared: true });
  const [said, saidOfAbsent] = [denied, absent].map((entry) => {
    const { seq: _seq, at: _at, nonce: _nonce, eventCommit: _commit, ...rest } = JSON.parse(entry?.text ?? '{}') as Record<string, unknown>; // prettier-ignore
    return rest;
  });
  expect(said).toEqual(saidOfAbsent);
});

test('row 28: while others are denied, a reader’s own leaves, checkpoints and sizes are what they would be without', async () => {
  const before = await leafOf(READER);
  const note = await noteBeyond(before + 1, 'releases');
  for (let n = 0; n < 20; n += 1)
    await gateway.ask(DENIED, `/v1/assessments/${n % 2 === 0 ? hidden.id : uuidOf(`absent ${n}`)}`);
  await noteBeyond(22, 'denials'); // all of them are signed for
  expect(await textOf(READER, 'checkpoint')).toBe(note); // byte for byte: nothing was added and nothing signed anew
  expect(await leafOf(READER)).toBe(before + 1);
  for (const path of ['checkpoint?tree=denials', 'entries?tree=denials'])
    expect((await gateway.ask(READER, `/v1/ledger/${path}`)).status).toBe(404);
});
