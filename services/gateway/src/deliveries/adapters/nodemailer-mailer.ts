// Mail by nodemailer: to a mail server, or into a folder as .eml files where there is none.
// Holds: off this machine a server is spoken to under TLS or not at all; a file is whole or not there, and is the owner's
// alone; a person's id is an address's local part and a file's name, so what is no plain word is refused.

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import type { Mail, Mailer, MailOutcome } from '../mailer.ts';

/** Where mail goes. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly smtpUrl?: string;
  /** Instead of a server. */
  readonly outboxDir?: string;
  /** Of every address. */
  readonly mailDomain: string;
}

/** @returns the mailer of the settings; undefined where there is neither server nor folder. */
export function createMailer(settings: MailSettings): Mailer | undefined {
  const { smtpUrl, outboxDir, mailDomain } = settings;
  if (smtpUrl !== undefined) return smtpMailer(new URL(smtpUrl), mailDomain);
  return outboxDir === undefined ? undefined : outboxMailer(outboxDir, mailDomain);
}

function smtpMailer(url: URL, domain: string): Mailer {
  const secure = url.protocol === 'smtps:';
  const transport = nodemailer.createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !isLoopback(url.hostname),
    ignoreTLS: !secure && isLoopback(url.hostname),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: SERVER_WITHIN_MS,
    greetingTimeout: SERVER_WITHIN_MS,
    socketTimeout: SERVER_WITHIN_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: (mail) => outcomeOf(mail, () => transport.sendMail(toMessage(mail, domain))),
    close: () => transport.close(),
  };
}

function outboxMailer(dir: string, domain: string): Mailer {
  const transport = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'unix',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: (mail) =>
      outcomeOf(mail, async () => {
        const { message } = await transport.sendMail(toMessage(mail, domain));
        await mkdir(dir, { recursive: true, mode: 0o700 });
        const stamp = new Date(mail.atMs).toISOString().replaceAll(':', '-');
        const path = join(dir, `${stamp} ${mail.to} ${mail.id}.eml`);
        await writeFile(`${path}.part`, message as Buffer, { mode: 0o600 });
        await rename(`${path}.part`, path);
      }),
    close: () => transport.close(),
  };
}

function toMessage({ to, subject, text, banner, id, atMs }: Mail, domain: string) {
  return {
    from: { name: 'sitebus', address: `sitebus@${domain}` },
    to: `${to}@${domain}`,
    subject,
    text,
    date: new Date(atMs),
    messageId: `<${id}@${domain}>`,
    headers: { 'Sitebus-Marking': banner, 'Auto-Submitted': 'auto-generated', 'Content-Language': 'en, fr' },
  };
}

/** A word for what went wrong; the server's own text stays here. */
async function outcomeOf({ to }: Mail, send: () => Promise<unknown>): Promise<MailOutcome> {
  if (!PLAIN.test(to)) return { isTaken: false, code: 'NO_ADDRESS' };
  try {
    await send();
    return { isTaken: true };
  } catch (cause) {
    const { responseCode, code } = cause as { responseCode?: number; code?: string };
    if (typeof responseCode === 'number') return { isTaken: false, code: `SMTP_${responseCode}` };
    return { isTaken: false, code: code === 'ETIMEDOUT' ? 'TIMEOUT' : 'UNREACHABLE' };
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || hostname === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

const PLAIN = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const SERVER_WITHIN_MS = 10_000;
