// What each problem says to a person, in English and in French, in this one place.
// Holds: every slug has both languages; a text quotes nothing but what the caller sent or what is the same for all.

import type { Slug } from './errors.ts';

export type Language = 'en' | 'fr';

/** Title, and the sentence that says what to do; `{name}` is filled from the problem's details. */
export interface ProblemText {
  readonly title: string;
  /** Absent on not-found: its body is one constant. */
  readonly detail?: string;
}

/** Texts by slug and language. */
export const PROBLEM_TEXTS: Readonly<Record<Slug, Readonly<Record<Language, ProblemText>>>> = {
  'bad-request': {
    en: { title: 'The request cannot be read', detail: 'Check the syntax of {parameter}.' },
    fr: { title: 'La requête est illisible', detail: 'Vérifiez la syntaxe de {parameter}.' },
  },
  'unknown-parameter': {
    en: {
      title: 'Unknown parameter',
      detail: 'This route has no parameter {parameter}. Nothing is ignored: remove or correct it.',
    },
    fr: {
      title: 'Paramètre inconnu',
      detail: 'Cette route n’a pas de paramètre {parameter}. Rien n’est ignoré : retirez-le ou corrigez-le.',
    },
  },
  'cursor-invalid': {
    en: {
      title: 'The cursor is not valid here',
      detail: 'A cursor belongs to one reader, view, resource and filter. Start again without it.',
    },
    fr: {
      title: 'Le curseur n’est pas valable ici',
      detail: 'Un curseur appartient à un lecteur, une vue, une ressource et un filtre. Recommencez sans lui.',
    },
  },
  'not-authenticated': {
    en: { title: 'Sign-in needed', detail: 'Send a valid token or key as Authorization: Bearer.' },
    fr: {
      title: 'Authentification requise',
      detail: 'Envoyez un jeton ou une clé valable dans Authorization: Bearer.',
    },
  },
  'role-not-allowed': {
    en: { title: 'Your role does not include this', detail: 'Another role is needed for this route.' },
    fr: { title: 'Votre rôle ne comprend pas cette action', detail: 'Cette route demande un autre rôle.' },
  },
  'not-yours': {
    en: { title: 'Not yours', detail: 'Only its originator may do this.' },
    fr: { title: 'Ne vous appartient pas', detail: 'Seul son auteur peut faire cela.' },
  },
  embargoed: {
    en: { title: 'Under embargo', detail: 'Possible from {until}.' },
    fr: { title: 'Sous embargo', detail: 'Possible à partir du {until}.' },
  },
  'not-found': { en: { title: 'Not found' }, fr: { title: 'Introuvable' } },
  'method-not-allowed': {
    en: { title: 'Method not allowed', detail: 'This route takes {allow}.' },
    fr: { title: 'Méthode non permise', detail: 'Cette route accepte {allow}.' },
  },
  'not-acceptable': {
    en: { title: 'No such representation', detail: 'This route answers with {accepted}.' },
    fr: { title: 'Représentation inexistante', detail: 'Cette route répond avec {accepted}.' },
  },
  'illegal-transition': {
    en: { title: 'Not possible in this state', detail: 'Possible now: {possible}.' },
    fr: { title: 'Impossible dans cet état', detail: 'Possible maintenant : {possible}.' },
  },
  'evidence-changed': {
    en: { title: 'The evidence has changed', detail: 'Read the evidence again; its hash is now {evidenceHash}.' },
    fr: {
      title: 'Les éléments de preuve ont changé',
      detail: 'Relisez les éléments de preuve ; leur empreinte est maintenant {evidenceHash}.',
    },
  },
  'idempotency-in-flight': {
    en: { title: 'The same request is still running', detail: 'Ask again in {retryAfterSeconds} s.' },
    fr: { title: 'La même requête est encore en cours', detail: 'Réessayez dans {retryAfterSeconds} s.' },
  },
  'cursor-stale': {
    en: { title: 'The cursor is too old', detail: 'What it pointed at is gone. Start again without it.' },
    fr: { title: 'Le curseur est trop ancien', detail: 'Ce qu’il désignait n’existe plus. Recommencez sans lui.' },
  },
  'precondition-failed': {
    en: { title: 'It has changed since you read it', detail: 'Read it again; its ETag is now {etag}.' },
    fr: { title: 'Modifié depuis votre lecture', detail: 'Relisez ; son ETag est maintenant {etag}.' },
  },
  'precondition-required': {
    en: { title: 'If-Match needed', detail: 'Send the ETag of what you judged as If-Match.' },
    fr: { title: 'If-Match requis', detail: 'Envoyez l’ETag de ce que vous avez jugé dans If-Match.' },
  },
  'too-large': {
    en: { title: 'Too large', detail: 'At most {maxBytes} bytes. Send it in parts.' },
    fr: { title: 'Trop volumineux', detail: 'Au plus {maxBytes} octets. Envoyez en plusieurs parties.' },
  },
  'media-type': {
    en: { title: 'Unsupported media type', detail: 'This route takes {accepted}.' },
    fr: { title: 'Type de média non pris en charge', detail: 'Cette route accepte {accepted}.' },
  },
  'invalid-body': {
    en: { title: 'The body is not valid', detail: 'Each fault is listed with its place.' },
    fr: { title: 'Le corps n’est pas valable', detail: 'Chaque erreur est indiquée avec sa position.' },
  },
  'invalid-observation': {
    en: { title: 'The observation is not valid', detail: 'Each fault is listed with its place.' },
    fr: { title: 'L’observation n’est pas valable', detail: 'Chaque erreur est indiquée avec sa position.' },
  },
  'invalid-marking': {
    en: { title: 'The marking is not valid', detail: 'A marking is required and has one spelling; see the fault.' },
    fr: {
      title: 'La cote de sécurité n’est pas valable',
      detail: 'La cote est obligatoire et n’a qu’une graphie ; voir l’erreur.',
    },
  },
  'marking-not-allowed': {
    en: {
      title: 'This marking cannot be published here',
      detail: 'No cell open to your agency in this view may hold it.',
    },
    fr: {
      title: 'Cette cote ne peut être publiée ici',
      detail: 'Aucune cellule ouverte à votre organisme dans cette vue ne peut la contenir.',
    },
  },
  'unexpandable-group': {
    en: { title: 'A group cannot be expanded to persons', detail: 'Name the persons.' },
    fr: { title: 'Un groupe ne se résout pas en personnes', detail: 'Nommez les personnes.' },
  },
  'lint-failed': {
    en: { title: 'The text breaks a writing rule', detail: 'Each finding is listed with its place.' },
    fr: { title: 'Le texte enfreint une règle de rédaction', detail: 'Chaque constat est indiqué avec sa position.' },
  },
  'idempotency-mismatch': {
    en: { title: 'The key was used for another body', detail: 'Take a new Idempotency-Key.' },
    fr: { title: 'La clé a servi pour un autre corps', detail: 'Prenez une nouvelle Idempotency-Key.' },
  },
  'rate-limited': {
    en: { title: 'Too many requests', detail: 'Ask again in {retryAfterSeconds} s.' },
    fr: { title: 'Trop de requêtes', detail: 'Réessayez dans {retryAfterSeconds} s.' },
  },
  internal: {
    en: { title: 'Something failed here', detail: 'Give the trace id to your operator.' },
    fr: { title: 'Une défaillance est survenue ici', detail: 'Donnez l’identifiant de trace à votre exploitant.' },
  },
  'not-durable': {
    en: { title: 'Not accepted: it could not be stored', detail: 'Nothing was kept. Send it again later.' },
    fr: { title: 'Non accepté : impossible à conserver', detail: 'Rien n’a été gardé. Renvoyez plus tard.' },
  },
  'fail-closed': {
    en: { title: 'Closed for safety', detail: 'Nothing is released while {part} is not available. Try again later.' },
    fr: {
      title: 'Fermé par sécurité',
      detail: 'Rien n’est diffusé tant que {part} n’est pas disponible. Réessayez plus tard.',
    },
  },
  overloaded: {
    en: { title: 'Overloaded', detail: 'Try again later.' },
    fr: { title: 'Surchargé', detail: 'Réessayez plus tard.' },
  },
};
