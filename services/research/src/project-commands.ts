// Commands on projects: register, sign the agreement, register an output.
// Holds: a project belongs to the view it is registered in, and its lead is who registered it; an agreement is signed once,
// by the lead; an output is public from the moment it is registered. Source: README.md#machine

import {
  RESEARCH_COMMANDS,
  type AgreementArgs,
  type OutputArgs,
  type ProjectArgs,
  type ResearchItem,
} from '@sitebus/kit';
import { checked } from './arguments.ts';
import type { Asker } from './asker.ts';
import { projectItem } from './bodies.ts';
import type { Write } from './journal.ts';
import type { ProjectEvent } from './machine.ts';
import type { Room } from './research.ts';

/** One command; `id`: what a new thing is called. */
export type AddCommand = (args: unknown, asker: Asker, id: string, write: Write) => Promise<ResearchItem>;

/** Makes them over the room. */
export function projectCommands(room: Room): Readonly<Record<'project' | 'agreement' | 'output', AddCommand>> {
  const { journal, clock, markingOf } = room;
  const write = async (asker: Asker, id: string, event: ProjectEvent, writeEvent: Write): Promise<ResearchItem> => {
    const marking = markingOf(asker.view);
    await writeEvent('project', id, event, (contentHash) =>
      asker.leaf({ decision: 'CHANGED', reason: event.kind, records: [{ id, contentHash }], marking }),
    );
    return projectItem(id, journal.known().projects.get(id)!, marking);
  };
  return {
    async project(args, asker, id, writeEvent) {
      const given = await checked<ProjectArgs>(RESEARCH_COMMANDS.project, args, asker, id, markingOf(asker.view));
      const [from, to, embargoUntil] = [given.window.from, given.window.to, given.embargoUntil].map((at) =>
        Date.parse(at),
      ) as [number, number, number];
      const faults = [
        ...(Number.isNaN(from) || Number.isNaN(to) || !(from < to)
          ? [{ pointer: '/window/to', code: 'NOT_AFTER', detail: 'does not lie after the beginning' }]
          : []),
        ...(Number.isNaN(embargoUntil)
          ? [{ pointer: '/embargoUntil', code: 'NO_INSTANT', detail: 'is no instant of the calendar' }]
          : []),
      ];
      if (faults.length > 0)
        return asker.refuse({ refused: 'INVALID_REQUEST', possible: [], faults }, id, markingOf(asker.view));
      const { title, ethicsRef, members = [] } = given;
      return write(
        asker,
        id,
        {
          kind: 'registered',
          ...{ by: asker.person, at: clock.now(), view: asker.view, title, from, to, embargoUntil },
          members: [asker.person, ...members.filter((member) => member !== asker.person)],
          ...(ethicsRef === undefined ? {} : { ethicsRef }),
        },
        writeEvent,
      );
    },
    async agreement(args, asker, id, writeEvent) {
      const given = await checked<AgreementArgs>(RESEARCH_COMMANDS.agreement, args, asker, id, markingOf(asker.view));
      const { project: at, ...agreement } = given;
      const project = await room.ownProject(asker, at);
      if (project.agreement !== undefined)
        return asker.refuse({ refused: 'SIGNED_ALREADY', possible: [] }, at, markingOf(asker.view));
      if (project.members[0] !== asker.person) return asker.unknown(at, markingOf(asker.view));
      return write(
        asker,
        at,
        { kind: 'agreement-signed', by: asker.person, at: clock.now(), ...agreement },
        writeEvent,
      );
    },
    async output(args, asker, id, writeEvent) {
      const given = await checked<OutputArgs>(RESEARCH_COMMANDS.output, args, asker, id, markingOf(asker.view));
      const { project: at, title, url } = given;
      await room.ownProject(asker, at);
      return write(
        asker,
        at,
        { kind: 'output-registered', by: asker.person, at: clock.now(), id, title, url },
        writeEvent,
      );
    },
  };
}
