// `npm run test:mutation [-- file …]`: every mutant of services/marking, or of some of its files. Prints who survived.

import { mutateMarking } from './survivors.ts';

const files = process.argv.slice(2);
process.stderr.write(
  'mutating services/marking: a second or two for each of some hundreds of changes on a quiet machine\n',
);
const { mutants, unseen, noticed } = await mutateMarking(files.length > 0 ? files : undefined);
for (const { file, line, was, became } of unseen)
  process.stdout.write(`survived  ${file}:${line}\n  - ${was}\n  + ${became}\n`);
for (const { file, was, became } of noticed)
  process.stdout.write(`no longer survives, take it off the reviewed list  ${file}\n  - ${was}\n  + ${became}\n`);
process.stdout.write(`${mutants} mutants, ${unseen.length} not noticed by any test\n`);
process.exitCode = unseen.length + noticed.length > 0 ? 1 : 0;
