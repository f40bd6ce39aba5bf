// Why a command on a period, a case or a notice is refused, beside the codes that every machine has.

/** One literal a reason. */
export type CaseRefusedCode =
  | 'NOT_A_SEAT'
  | 'NOT_A_MEMBER_AGENCY'
  | 'NOT_ASKED'
  | 'NOT_AN_ISSUER'
  | 'NO_CARETAKER_PERIOD'
  | 'NOTHING_CITED'
  | 'ANSWERS_OUTSTANDING'
  | 'DEFINITION_REQUIRED'
  | 'GAPS_REQUIRED'
  | 'REVIEW_TOO_FAR'
  | 'RATINGS_INCOMPLETE'
  | 'RATINGS_MISSING'
  | 'MOTION_OPEN'
  | 'NO_MOTION'
  | 'VOTED_ALREADY'
  | 'NOT_AGREED'
  | 'NO_SUCH_DRAFT'
  | 'NOTICE_INCOMPLETE'
  | 'TOO_EARLY'
  | 'ONE_BRIEF';
