// Mail in a real folder, and to a real mail server on loopback.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import type { Mail } from '../mailer.ts';
import { createMailer } from './nodemailer-mailer.ts';

const mail: Mail = {
  to: 'ama-lindqvist', subject: 'a subject', text: 'Ligne 1 : é\nline 2', banner: 'SECRET//CANADIAN EYES ONLY',
  id: '5f6d1f0e-0c52-5b6a-9d3f-3a1c7f3a0001', atMs: Date.UTC(2031, 9, 2, 14, 5),
}; // prettier-ignore

const closed = (server: SMTPServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(resolve);
  });

test('without a server and a folder there is no mailer', () => {
  expect(createMailer({ mailDomain: 'bus.example' })).toBeUndefined();
});

test('into a folder: one whole file a message, its owner’s alone, under the same name when it is sent again', async () => {
  const outboxDir = await mkdtemp(join(tmpdir(), 'outbox-'));
  const mailer = createMailer({ mailDomain: 'bus.example', outboxDir })!;
  expect([await mailer.send(mail), await mailer.send(mail)]).toEqual([{ isTaken: true }, { isTaken: true }]);
  const [file, ...others] = await readdir(outboxDir);
  expect([file, others]).toEqual([`2031-10-02T14-05-00.000Z ${mail.to} ${mail.id}.eml`, []]);
  const text = await readFile(join(outboxDir, file!), 'utf8');
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'From: sitebus <sitebus@bus.example>',
      'To: ama-lindqvist@bus.example',
      'Subject: a subject',
      `Message-ID: <${mail.id}@bus.example>`,
      'Sitebus-Marking: SECRET//CANADIAN EYES ONLY',
      'Auto-Submitted: auto-generated',
    ]),
  );
  expect((await stat(join(outboxDir, file!))).mode & 0o777).toBe(0o600);
  await rm(outboxDir, { recursive: true });
});

test('a person whose id is no plain word gets no mail, and no file is written outside the folder', async () => {
  const outboxDir = await mkdtemp(join(tmpdir(), 'outbox-'));
  const mailer = createMailer({ mailDomain: 'bus.example', outboxDir })!;
  for (const to of ['../../etc/cron.d/x', 'a@elsewhere.example', 'a, b', 'Ama\r\nBcc: x', ''])
    expect(await mailer.send({ ...mail, to })).toEqual({ isTaken: false, code: 'NO_ADDRESS' });
  expect(await readdir(outboxDir)).toEqual([]);
  await rm(outboxDir, { recursive: true });
});

test('a folder that cannot be written is a failure like any other', async () => {
  const mailer = createMailer({ mailDomain: 'bus.example', outboxDir: '/dev/null/nowhere' })!;
  expect(await mailer.send(mail)).toEqual({ isTaken: false, code: 'UNREACHABLE' });
});

test('to a mail server: the envelope is the person’s alone, a refusal is told by its number, and a server that is away is unreachable', async () => {
  const received: { to: string; text: string }[] = [];
  const answer: { refusal?: Error } = {};
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      void readAll(stream).then((text) => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), text });
        done(answer.refusal);
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const mailer = createMailer({ mailDomain: 'bus.example', smtpUrl: `smtp://127.0.0.1:${port}` })!;
  expect(await mailer.send(mail)).toEqual({ isTaken: true });
  expect(received).toEqual([{ to: 'ama-lindqvist@bus.example', text: expect.stringContaining('Ligne 1 : =C3=A9') as unknown }]); // prettier-ignore
  answer.refusal = Object.assign(new Error('the text of the server stays there'), { responseCode: 552 });
  expect(await mailer.send(mail)).toEqual({ isTaken: false, code: 'SMTP_552' });
  await closed(server);
  expect(await mailer.send(mail)).toEqual({ isTaken: false, code: 'UNREACHABLE' });
  mailer.close();
});

test('off this machine a server without TLS is not spoken to', async () => {
  const server = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], logger: false, onData: (stream, _session, done) => { stream.resume().on('end', () => { done(); }); } }); // prettier-ignore
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  // The same server under a name that is not known to be this machine's.
  const mailer = createMailer({ mailDomain: 'bus.example', smtpUrl: `smtp://[::ffff:127.0.0.1]:${port}` })!;
  expect(await mailer.send(mail)).toMatchObject({ isTaken: false });
  await closed(server);
  mailer.close();
});
