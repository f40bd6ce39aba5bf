// What the panel deliberates, as one of its seats may see it: others' ratings once one's own are in, others' votes once all are.
// Holds: pure; nothing of it for anyone without a seat, but what is sealed for a reviewer when a review has been opened.
// Source: README.md#who-sees-what

import type { RatedPoint, SeatRating, SeatVote } from '@sitebus/sdk';
import type { Case, SealedMotion } from './case.ts';
import type { CaseReader } from './reader.ts';

type Json = Readonly<Record<string, unknown>>;

/** @returns the part of the answer; undefined where this reader has none. */
export function deliberationFor(one: Case, reader: CaseReader): Json | undefined {
  const { seat, reviews } = reader;
  if (seat === undefined && !reviews) return undefined;
  const sealed = one.sealed.map((motion) => sealedBody(one, motion));
  if (seat === undefined) return { sealed };
  const { ratings, motion } = one;
  const hasRated = ratings.some((rating) => rating.seat === seat);
  return {
    ratings: ratings.filter((rating) => hasRated || rating.seat === seat).map(ratingBody),
    rated: ratings.length,
    ...(motion === undefined
      ? {}
      : {
          motion: {
            motionId: motion.motionId,
            proposedBy: motion.seat,
            outcome: motion.outcome,
            ladder: motion.ladder,
            evidenceHash: motion.evidenceHash,
            ...(motion.reviewAt === null ? {} : { reviewAt: new Date(motion.reviewAt).toISOString() }),
            ...(motion.draftId === null ? {} : { draft: motion.draftId }),
            votes: motion.votes.filter((vote) => vote.seat === seat).map(voteBody),
            voted: motion.votes.length,
          },
        }),
    sealed,
  };
}

/** One decided motion with its five votes, their reasons, and the ratings that it rested on. */
export function sealedBody({ sealedRatings }: Case, motion: SealedMotion): Json {
  const { motionId, outcome, result, ladder, evidenceHash, decisionHash, at, votes } = motion;
  return {
    motionId, outcome, result, ladder, evidenceHash, decisionHash,
    proposedBy: motion.seat,
    decidedAt: new Date(at).toISOString(),
    votes: votes.map(voteBody),
    ratings: (sealedRatings[decisionHash] ?? []).map(ratingBody),
  }; // prettier-ignore
}

function voteBody({ seat, vote, reasons }: SeatVote): Json {
  return { seat, vote, reasons };
}

function ratingBody({ seat, criteria, factors }: SeatRating): Json {
  const points = (list: readonly RatedPoint[]): Json[] =>
    list.map(({ name, level, rationale }) => ({ name, level, rationale }));
  return { seat, criteria: points(criteria), factors: points(factors) };
}
