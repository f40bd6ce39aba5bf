// What a target is told: the words of a template of policy, with the day and nothing else.
// Holds: pure; a function of category and day alone, so that it is the same to the last byte whichever agency saw the attack; no
// agency, source, method, id or other target can be in it. Source: README.md#protected-accounts

import type { MessageText, NoticeTemplate, NoticeWords, Policy } from '@sitebus/sdk';

/** The words in both languages, and which template they are of. */
export interface TemplateText {
  readonly template: string;
  readonly en: MessageText;
  readonly fr: MessageText;
}

/** @returns the words for an attack of these categories on a local day, `yyyy-mm-dd`. */
export function templateText(policy: Policy, categories: readonly string[], day: string): TemplateText {
  const template = templateFor(policy, categories);
  return {
    template: `${template.id}/${template.version}`,
    en: wordsOf(template.en, day),
    fr: wordsOf(template.fr, day),
  };
}

/** The first template of policy that is for one of the categories; else the one for all others. */
export function templateFor({ targetNotices }: Policy, categories: readonly string[]): NoticeTemplate {
  const { templates } = targetNotices;
  const fits = templates.find((template) => template.categories.some((category) => categories.includes(category)));
  return fits ?? templates.find((template) => template.categories.length === 0)!; // policy has one, its loader says
}

function wordsOf({ title, text, steps }: NoticeWords, day: string): MessageText {
  return { title, text: text.replaceAll('{day}', day), steps };
}
